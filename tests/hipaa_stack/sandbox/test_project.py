import pytest

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox.project import Project


@pytest.fixture
def project(tmp_path):
    def write(text):
        (tmp_path / "Pulumi.yaml").write_text(text)
        found = Project.find(tmp_path)
        assert found is not None
        return found

    return write


def test_the_closest_project_upwards_is_found(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "Pulumi.yaml").write_text("name: outer")
    (tmp_path / "a" / "Pulumi.yml").write_text("name: inner")
    assert Project.find(tmp_path / "a" / "b").name == "inner"
    assert Project.find(tmp_path).name == "outer"


def test_a_directory_without_a_project_has_none(tmp_path):
    assert Project.find(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "runtime", "options"),
    [
        ("runtime: python", "python", {}),
        ("runtime: {name: python}", "python", {}),
        ("runtime: {name: python, options: {virtualenv: venv}}", "python", {"virtualenv": "venv"}),
        ("name: x", "", {}),
    ],
)
def test_the_runtime_has_two_spellings(project, text, runtime, options):
    found = project(text)
    assert (found.runtime, found.runtime_options) == (runtime, options)


def test_stack_files_lie_where_the_project_says(project, tmp_path):
    (tmp_path / "stacks").mkdir()
    for name in ("stacks/Pulumi.dev.yaml", "stacks/Pulumi.prod.yaml", "Pulumi.other.yaml", "stacks/notes.yaml"):
        (tmp_path / name).write_text("")
    found = project("name: x\nstackConfigDir: stacks")
    assert found.stacks == ["dev", "prod"]
    assert found.stack_file("dev") == tmp_path / "stacks" / "Pulumi.dev.yaml"
    assert project("name: x").stacks == ["other"]


ACCEPTED = {
    "python": "runtime: python",
    "yaml without cloud types": "runtime: yaml\npackages: {tiny: ./tiny}\nresources: {v: {type: 'tiny:Vault'}}",
    "yaml with a package given at length": "runtime: yaml\npackages: {tiny: {source: ./tiny}}\nresources: {v: {type: 'tiny:index:Vault'}}",
    "yaml with another stack": "runtime: yaml\nresources: {s: {type: 'pulumi:pulumi:StackReference'}}",
    "a local provider of another name": "runtime: python\nplugins: {providers: [{name: own, path: ./own}]}",
}

REFUSED = {
    "nodejs": ("runtime: nodejs", r"the sandbox has no nodejs runtime; it runs Python projects, and YAML projects"),
    "go, at length": ("runtime: {name: go}", r"no go runtime"),
    "no runtime": ("name: x", r"no nameless runtime"),
    "an own aws": ("runtime: python\nplugins: {providers: [{name: aws, path: ./aws}]}", r"names an aws provider of its own"),
    "yaml with aws": (
        "runtime: yaml\nresources: {b: {type: 'aws:s3:Bucket'}}",
        r"resource b is of type aws:s3:Bucket, .* schema of the aws provider",
    ),
    "yaml with kubernetes": ("runtime: yaml\nresources: {n: {type: 'kubernetes:core/v1:Namespace'}}", r"schema of the kubernetes provider"),
    "yaml with a provider": ("runtime: yaml\nresources: {p: {type: 'pulumi:providers:gcp'}}", r"schema of the gcp provider"),
    "yaml with random": ("runtime: yaml\nresources: {r: {type: 'random:RandomId'}}", r"the sandbox has no random provider"),
    "yaml with a look-up": (
        "runtime: yaml\nvariables: {me: {a: [{'fn::invoke': {function: 'aws:getCallerIdentity'}}]}}",
        r"variable me is of type aws:getCallerIdentity",
    ),
    "a package to download": ("runtime: python\npackages: {random: random@4.1.0}", r"package random comes from 'random@4.1.0'"),
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_projects_that_a_sandbox_can_run(project, tmp_path, text):
    (tmp_path / "tiny").mkdir()
    project(text).refuse_unsupported()


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_other_projects_are_refused_in_one_sentence(project, text, message):
    with pytest.raises(HipaaStackError, match=message) as refusal:
        project(text).refuse_unsupported()
    assert "\n" not in str(refusal.value)
    assert "Pulumi.yaml" in str(refusal.value)


def test_types_in_a_separate_main_file_are_seen(project, tmp_path):
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "Main.yaml").write_text("resources: {b: {type: 'aws:s3:Bucket'}}")
    with pytest.raises(HipaaStackError, match="aws:s3:Bucket"):
        project("runtime: yaml\nmain: program").refuse_unsupported()


@pytest.mark.parametrize(
    ("text", "message"), [("- a", "expected a mapping, found list"), ("a: [", "cannot be read"), ("name: ''", "needs a `name`")]
)
def test_a_bad_project_file_is_named(project, text, message):
    with pytest.raises(HipaaStackError, match=rf"Pulumi\.yaml: .*{message}"):
        _ = project(text).name
