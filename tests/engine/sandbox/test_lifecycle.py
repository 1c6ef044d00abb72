"""A small program with a cluster and what is in it, through the real engine and the real Kubernetes provider."""

import functools
import json
import subprocess
from pathlib import Path

import pytest

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox.session import Api, Options, Session

pytestmark = [pytest.mark.engine, pytest.mark.cluster]

PROGRAM = """
import json, pulumi, pulumi_aws as aws, pulumi_kubernetes as k8s

role = aws.iam.Role("role", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "eks.amazonaws.com"}}]}))
cluster = aws.eks.Cluster("main", role_arn=role.arn, vpc_config={"subnet_ids": ["subnet-1", "subnet-2"]})

def kubeconfig(values):
    name, server, authority = values
    user = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws", "args": ["eks", "get-token", "--cluster-name", name]}
    return json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "x",
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
        "clusters": [{"name": "x", "cluster": {"server": server, "certificate-authority-data": authority["data"]}}],
        "users": [{"name": "x", "user": {"exec": user | {"interactiveMode": "Never"}}}]})

access = pulumi.Output.all(cluster.name, cluster.endpoint, cluster.certificate_authority).apply(kubeconfig)
inside = pulumi.ResourceOptions(provider=k8s.Provider("inside", kubeconfig=access))
namespace = k8s.core.v1.Namespace("ns", metadata={"name": pulumi.Config().require("namespace")}, opts=inside)
k8s.core.v1.ConfigMap("settings", metadata={"namespace": namespace.metadata["name"], "name": "settings"}, data={"mode": "MODE"}, opts=inside)
pulumi.export("endpoint", cluster.endpoint)
pulumi.export("token", pulumi.Output.secret("a-token"))
"""


CONFIG = """
config:
  aws:region: eu-central-1
  trial:namespace: {}
"""


def files(project: Path) -> dict[str, bytes]:
    return {str(path.relative_to(project)): path.read_bytes() for path in project.rglob("*") if path.is_file()}


@pytest.fixture
def project(make_project, request):
    name = request.node.name.split("[")[0].replace("_", "-")[:50]
    return make_project({"__main__.py": PROGRAM}, stacks={"dev": CONFIG.format(name)})


def changes(result) -> dict[str, int]:
    """How many resources each kind of step of a `preview --json` concerns."""
    summary = json.loads(result.stdout).get("changeSummary", {})
    return {step: count for step, count in summary.items() if step != "same"}


def test_a_program_goes_through_its_whole_life(sandbox, local_kubernetes, project):
    before = files(project)
    box = sandbox(project, kubernetes=local_kubernetes)
    assert changes(box.pulumi("preview", "--json")) == {"create": 6}
    box.pulumi("up", "--yes", "--skip-preview")
    assert json.loads(box.pulumi("stack", "output", "--json").stdout) == {"endpoint": local_kubernetes.url, "token": "[secret]"}
    name = box.resources("kubernetes:core/v1:Namespace")[0]["inputs"]["metadata"]["name"]
    assert local_kubernetes.request("GET", f"/api/v1/namespaces/{name}/configmaps/settings")[1]["data"] == {"mode": "MODE"}
    box.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
    box.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    assert list((box.directory / "tmp").glob("kubeconfig*")), "what the provider leaves behind goes with the sandbox"
    assert {line["urn"].rpartition("::")[2] for line in box.journal() if line.get("urn")} >= {"role", "main"}
    box.pulumi("destroy", "--yes", "--skip-preview")
    assert box.resources() == []
    assert local_kubernetes.request("GET", f"/api/v1/namespaces/{name}")[0] == 404
    assert files(project) == before


def test_an_unreachable_api_fails_at_once_and_says_so(sandbox, local_kubernetes, project):
    box = sandbox(project, kubernetes=local_kubernetes, api=Api.UNREACHABLE)
    result = box.pulumi("up", "--yes", "--skip-preview", check=False)
    assert result.returncode != 0
    assert "configured Kubernetes cluster is unreachable" in result.stdout + result.stderr
    assert len(box.resources("aws:eks/cluster:Cluster")) == 1


EXPORTED_ENDPOINT = "https://0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com"


@pytest.fixture(scope="module")
def exported(local_kubernetes, tmp_path_factory):
    """A state as a real account would have it: another endpoint, another authority, an older provider, a foreign secret."""
    place = tmp_path_factory.mktemp("exported")
    for name, content in (
        ("Pulumi.yaml", "name: trial\nruntime: python\n"),
        ("Pulumi.dev.yaml", CONFIG.format("exported")),
        ("__main__.py", PROGRAM),
    ):
        (place / name).write_text(content)
    with Session(Options(directory=place / "sandbox"), local_kubernetes) as session:
        pulumi = [str(session.directory / "bin" / "pulumi"), "--non-interactive", "--cwd", str(place)]
        run = functools.partial(subprocess.run, env=session.environment, check=True, capture_output=True, text=True)
        run([*pulumi, "up", "--yes", "--skip-preview"])
        text = run([*pulumi, "stack", "export"]).stdout
        run([*pulumi, "destroy", "--yes", "--skip-preview"])
    state = json.loads(text.replace(local_kubernetes.url, EXPORTED_ENDPOINT).replace(local_kubernetes.ca, "UkVBTA=="))
    for resource in state["deployment"]["resources"]:
        if resource["type"] == "pulumi:providers:aws":
            resource["inputs"]["version"] = resource["outputs"]["version"] = "7.1.0"
        if resource["type"] == "pulumi:pulumi:Stack":
            resource["outputs"]["token"]["ciphertext"] = "awskms:AAAA"
    state["deployment"]["secrets_providers"] = {"type": "cloud", "state": {"url": "awskms://alias/real", "encryptedkey": "AAAA"}}
    file = place / "exported.json"
    file.write_text(json.dumps(state))
    return file


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (("", ""), {}),
        (('"MODE"', '"OTHER"'), {"replace": 1}),
        (("vpc_config={", 'version="1.34", vpc_config={'), {"update": 1}),
        (('"main", role_arn', '"main", name="renamed", role_arn'), {"replace"}),
        (('k8s.core.v1.ConfigMap("settings"', 'k8s.core.v1.ConfigMap("second"'), {"create": 1, "delete": 1}),
    ],
    ids=["nothing", "a replaced object", "an updated cluster", "a replaced cluster", "another name"],
)
def test_a_preview_against_a_state_shows_what_would_change(sandbox, local_kubernetes, make_project, exported, edit, expected):
    project = make_project({"__main__.py": PROGRAM.replace(*edit)}, stacks={"dev": CONFIG.format("exported")})
    box = sandbox(project, kubernetes=local_kubernetes, state=exported)
    assert EXPORTED_ENDPOINT not in json.dumps(box.state("dev"))
    found = changes(box.pulumi("preview", "--json", "--stack", "dev"))
    assert (set(found) >= expected) if isinstance(expected, set) else (found == expected)


@pytest.fixture
def same_project(make_project):
    return make_project({"__main__.py": PROGRAM}, stacks={"dev": CONFIG.format("exported")})


def test_the_objects_of_a_state_exist_in_the_local_kubernetes(sandbox, local_kubernetes, same_project, exported):
    box = sandbox(same_project, kubernetes=local_kubernetes, state=exported)
    settings = "/api/v1/namespaces/exported/configmaps/settings"
    assert local_kubernetes.request("GET", settings)[1]["data"] == {"mode": "MODE"}
    box.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    box.pulumi("destroy", "--yes", "--skip-preview")
    assert local_kubernetes.request("GET", settings)[0] == 404


def test_a_state_is_previewed_without_any_kubernetes(sandbox, same_project, exported):
    box = sandbox(same_project, state=exported)
    assert changes(box.pulumi("preview", "--json")) == {}


def test_a_second_state_for_the_same_stack_is_refused(tmp_path, exported):
    options = Options(directory=tmp_path / "place", state=exported)
    with Session(options) as session:
        assert session.notes[0] == "exported.json: stack dev of project trial begins with 7 resources, 2 of them in simulated clouds"
        assert session.notes[1] == "exported.json: secrets that cannot be decrypted here, replaced by simulated ones: 1"
    with pytest.raises(HipaaStackError, match=r"stack dev of project trial is there already: leave --state out"), Session(options):
        pass
