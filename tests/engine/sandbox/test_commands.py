"""What users run in a sandbox: single commands, scripts, YAML projects; and what is refused."""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

BUCKET = """
import pulumi, pulumi_aws as aws
print("from the program")
bucket = aws.s3.Bucket("records", bucket="records-" + pulumi.get_stack())
pulumi.export("bucket", bucket.bucket)
pulumi.export("secret", pulumi.Config().get_secret("password"))
"""


def files(project: Path) -> dict[str, bytes]:
    return {str(path.relative_to(project)): path.read_bytes() for path in project.rglob("*") if path.is_file()}


def cli(project: Path, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Runs `hipaa-stack sandbox` in the project."""
    command = [sys.executable, "-m", "hipaa_stack", "sandbox", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=300, **options)


def test_one_command_says_that_it_is_a_simulation_at_both_ends(make_project):
    result = cli(make_project({"__main__.py": BUCKET}), "--", "pulumi", "preview")
    assert result.returncode == 0, result.stderr
    lines = result.stderr.splitlines()
    assert lines[0].startswith("hipaa-stack sandbox: clouds are SIMULATED (aws ")
    assert lines[-1].startswith("hipaa-stack sandbox: end of the simulation: no cloud was contacted")
    assert "+ 2 to create" in result.stdout
    assert "from the program" in result.stdout
    directory = Path(lines[0].partition("everything lies in ")[2].partition(" (removed")[0])
    assert not directory.exists()


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_is_the_commands(make_project, code):
    assert cli(make_project({"__main__.py": BUCKET}), "--", "sh", "-c", f"exit {code}").returncode == code


def test_stdout_is_the_commands_alone(make_project):
    result = cli(make_project({"__main__.py": BUCKET}), "--", "pulumi", "preview", "--json")
    assert json.loads(result.stdout)["changeSummary"] == {"create": 2}


SCRIPT = """
set -e
pulumi preview
pulumi up --yes --skip-preview
pulumi config set trial:note "a note"
pulumi config set --secret trial:password changed
pulumi config rm trial:note
pulumi up --yes --skip-preview -c trial:other=1
pulumi stack init second
pulumi up --yes --skip-preview
pulumi stack select dev
test "$(pulumi stack output bucket)" = records-dev
test "$(pulumi stack output bucket --stack acme/trial/second)" = records-second
pulumi stack export --file exported.json
pulumi stack import --file exported.json
pulumi stack export | pulumi stack import
pulumi stack history --show-secrets
pulumi stack graph graph.dot
pulumi config refresh --force
pulumi config --json
pulumi stack rename renamed
test "$(pulumi stack output bucket)" = records-dev
pulumi stack rename dev
! pulumi stack change-secrets-provider passphrase
pulumi cancel --yes
pulumi state unprotect --yes --all
pulumi refresh --yes --skip-preview
pulumi destroy --yes --skip-preview --remove
pulumi stack rm --yes --force second
pulumi stack ls --json > list.json
"""


def test_a_script_of_many_commands_leaves_the_project_as_it_was(make_project, tmp_path):
    stack = "# a comment\nsecretsprovider: awskms://alias/real\nencryptedkey: AAAA\nconfig:\n  trial:password:\n    secure: AAAA\n"
    project = make_project({"__main__.py": BUCKET, "helper/__init__.py": ""}, stacks={"dev": stack})
    before = files(project)
    result = cli(project, "--dir", str(tmp_path / "kept"), "--", "bash", "-c", SCRIPT)
    assert result.returncode == 0, result.stdout + result.stderr
    after = files(project)
    assert json.loads(after.pop("list.json")) == []
    assert after.pop("exported.json")
    assert after.pop("graph.dot")
    assert after == before


def test_commands_share_a_directory(make_project, tmp_path):
    project, place = make_project({"__main__.py": BUCKET}), str(tmp_path / "kept")
    assert cli(project, "--dir", place, "--", "pulumi", "up", "--yes", "--skip-preview").returncode == 0
    result = cli(project, "--dir", place, "--", "pulumi", "stack", "output", "bucket")
    assert (result.returncode, result.stdout) == (0, "records-dev\n")
    assert cli(project, "--dir", place, "--", "pulumi", "preview", "--expect-no-changes").returncode == 0


def test_a_value_that_cannot_be_decrypted_is_simulated_and_named(make_project):
    project = make_project({"__main__.py": BUCKET}, stacks={"dev": "config:\n  trial:password:\n    secure: AAAA\n"})
    result = cli(project, "--", "bash", "-c", "pulumi up --yes --skip-preview && pulumi stack output secret --show-secrets")
    assert result.stdout.endswith("\nsimulated-secret\n"), result.stderr
    said = [line for line in result.stderr.splitlines() if "trial:password" in line]
    assert said == ["hipaa-stack sandbox: Pulumi.dev.yaml: encrypted values were replaced by a simulated secret: trial:password"]


@pytest.mark.parametrize("option", [["--stack", "dev"], ["-s", "acme/trial/dev"], ["--config-file", "other.yaml", "-s", "dev"]], ids=str)
def test_a_named_stack_is_created(make_project, option):
    project = make_project({"__main__.py": BUCKET, "other.yaml": ""}, stacks={"dev": "", "prod": ""})
    before = files(project)
    result = cli(project, "--", "pulumi", "up", "--yes", "--skip-preview", *option)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "records-dev" in result.stdout
    assert files(project) == before


def test_one_of_several_stacks_must_be_named(make_project):
    result = cli(make_project({"__main__.py": BUCKET}, stacks={"dev": "", "prod": ""}), "--", "pulumi", "preview")
    assert result.returncode == 2
    assert "there are several stacks (dev, prod): name one with `--stack`" in result.stderr


def test_stack_files_in_a_directory_of_their_own_are_found(make_project):
    extra = "main: program/\nstackConfigDir: settings\n"
    project = make_project({"program/__main__.py": BUCKET, "settings/Pulumi.dev.yaml": "config: {}"}, stacks={}, extra=extra)
    before = files(project)
    result = cli(project / "program", "--", "pulumi", "up", "--yes", "--skip-preview")
    assert result.returncode == 0, result.stdout + result.stderr
    assert files(project) == before


def test_a_yaml_project_uses_a_component_package_of_a_directory(make_project, sandbox):
    project = make_project(
        {"program.txt": ""},
        runtime="yaml",
        extra="packages: {tiny: ./tiny}\nresources:\n  vault:\n    type: tiny:Vault\n    properties: {name: records}\noutputs: {bucket: '${vault.bucket}'}\n",
    )
    shutil.copytree(Path(__file__).parent / "tiny", project / "tiny", ignore=shutil.ignore_patterns("__pycache__"))
    before = files(project)
    box = sandbox(project)
    box.pulumi("up", "--yes", "--skip-preview")
    assert box.pulumi("stack", "output", "bucket").stdout == "records\n"
    assert [item["urn"].rpartition("::")[2] for item in box.resources("aws:s3/bucket:Bucket")] == ["vault"]
    box.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert files(project) == before


@pytest.mark.parametrize(
    ("runtime", "extra", "message"),
    [
        ("nodejs", "", "the sandbox has no nodejs runtime"),
        ("yaml", "resources: {r: {type: 'random:RandomId'}}", "the sandbox has no random provider"),
        ("yaml", "resources: {b: {type: 'aws:s3:Bucket'}}", "the sandbox has no schema of the aws provider"),
        ("{name: python, options: {virtualenv: none}}", "", "no Python environment there"),
    ],
)
def test_what_cannot_run_is_refused_in_one_sentence(make_project, runtime, extra, message):
    result = cli(make_project({"__main__.py": BUCKET}, runtime=runtime, extra=extra), "--", "pulumi", "preview")
    errors = [line for line in result.stderr.splitlines() if not line.startswith("hipaa-stack sandbox:")]
    assert (result.returncode, len(errors)) == (2, 1)
    assert errors[0].startswith("error: ")
    assert message in errors[0]
    assert result.stdout == ""


SDK = """
import pulumi
class RandomId(pulumi.CustomResource):
    def __init__(self, name, opts=None):
        opts = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version="{version}"), opts)
        super().__init__("{token}", name, {{}}, opts)
"""


@pytest.mark.parametrize(
    ("name", "version", "token", "message"),
    [
        ("random", "4.19.0", "random:index/randomId:RandomId", "the sandbox has no random provider (4.19.0): it simulates aws and gcp"),
        ("azure-native", "3.0.0", "azure-native:storage:StorageAccount", "the sandbox has no azure-native provider (3.0.0)"),
        ("aws", "7.0.1", "aws:s3/bucket:Bucket", "and the program asks for aws 7.0.1"),
    ],
)
def test_a_provider_that_a_program_uses_and_nobody_simulates_is_refused(make_project, name, version, token, message):
    """The program has an environment of its own, with an SDK that hipaa-stack's environment lacks."""
    module = f"pulumi_{name.replace('-', '_')}"
    program = f"import {module}\n{module}.RandomId('one')\n"
    project = make_project({"__main__.py": program}, runtime="{name: python, options: {virtualenv: own}}")
    venv.create(project / "own", symlinks=True)
    site = next((project / "own" / "lib").glob("python*/site-packages"))
    (site / "others.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    (site / module).mkdir()
    (site / module / "__init__.py").write_text(SDK.format(version=version, token=token))
    (site / module / "pulumi-plugin.json").write_text(json.dumps({"resource": True, "name": name, "version": version}))
    result = cli(project, "--", "pulumi", "preview")
    assert result.returncode != 0
    assert message in result.stdout + result.stderr
    assert "pulumi plugin install" not in result.stdout + result.stderr


def test_a_real_provider_on_path_is_never_started(make_project, tmp_path):
    program = tmp_path / "bin" / "pulumi-resource-aws"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\nexit 1\n")
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}
    result = cli(make_project({"__main__.py": BUCKET}), "--", "pulumi", "preview", env=environment)
    assert result.returncode == 0, result.stdout + result.stderr
    assert not (tmp_path / "started").exists()


def test_an_sdk_that_is_installed_but_not_used_does_no_harm(make_project, tmp_path):
    folder = tmp_path / "sdks" / "pulumi_random"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "pulumi-plugin.json").write_text(json.dumps({"resource": True, "name": "random", "version": "4.19.0"}))
    environment = {**os.environ, "PYTHONPATH": str(folder.parent)}
    result = cli(make_project({"__main__.py": BUCKET}), "--", "pulumi", "preview", env=environment)
    assert result.returncode == 0, result.stdout + result.stderr
