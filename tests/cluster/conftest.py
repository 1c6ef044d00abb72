"""Programs with in-cluster components, run by the real engine and the real Kubernetes provider on the local API server."""

import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

from hipaa_stack.sandbox.kubernetes import LocalKubernetes
from hipaa_stack.sandbox.session import Options, Session

from .controllers import built

PROGRAM = """
import json, os
import pulumi, pulumi_kubernetes
from hipaa_components import kubernetes

cluster = pulumi_kubernetes.Provider("cluster", enable_server_side_apply=True)
component = getattr(kubernetes, os.environ["COMPONENT"])
component("made", json.loads(os.environ["ARGS"]), pulumi.ResourceOptions(provider=cluster))
"""


class Program:
    """A project with one component, whose arguments may change between commands."""

    def __init__(self, session, project, component, args):
        self.session, self.project, self.component, self.args = session, project, component, args

    def pulumi(self, *arguments, check=True):
        given = {"COMPONENT": self.component, "ARGS": json.dumps(self.args), "NO_COLOR": "1"}
        command = [self.session.directory / "bin" / "pulumi", "--non-interactive", *arguments]
        run = subprocess.run(
            command, cwd=self.project, env=self.session.environment | given, text=True, capture_output=True, check=False, timeout=300
        )
        assert not (check and run.returncode), run.stdout + run.stderr
        return run

    def up(self, *arguments, **change):
        """Brings the component up, with changed arguments if there are any."""
        self.args = {**self.args, **change}
        return self.pulumi("up", "--yes", "--skip-preview", *arguments)

    def destroy(self, *arguments, check=True):
        return self.pulumi("destroy", "--yes", *arguments, check=check)


@pytest.fixture(scope="session")
def kubernetes_with_node(tmp_path_factory):
    """An API server with a node, on which pods of charts become ready."""
    with LocalKubernetes.start(tmp_path_factory.mktemp("kubernetes-with-node"), nodes=1) as running:
        yield running


@pytest.fixture(scope="module")
def program(local_kubernetes, tmp_path_factory):
    """Opens programs: `program("HardenedNamespace", args)`; what they made is destroyed after the module."""
    opened = []
    directory = tmp_path_factory.mktemp("sandbox")
    with Session(Options(directory=directory, base_environment=dict(os.environ)), local_kubernetes) as session:

        def open_program(component, args):
            project = tmp_path_factory.mktemp("project")
            (project / "Pulumi.yaml").write_text(f"name: {project.name}\nruntime: python\n")
            (project / "__main__.py").write_text(PROGRAM)
            opened.append(Program(session, project, component, args))
            opened[-1].pulumi("stack", "select", "--create", "dev")
            return opened[-1]

        yield open_program
        for made in opened:
            made.pulumi("state", "unprotect", "--all", "--yes", check=False)
            made.destroy(check=False)


@pytest.fixture(scope="module")
def api(local_kubernetes):
    """One call of the API server of the module: `api("POST", "/api/v1/…", body)` gives status and answer."""
    return local_kubernetes.request


@pytest.fixture(scope="session")
def external_secrets_chart(tmp_path_factory):
    """The chart in the Go module of External Secrets, without its dependency, which is switched off and would be fetched all the same."""
    copy = tmp_path_factory.mktemp("chart") / "external-secrets"
    shutil.copytree(built("external-secrets-chart"), copy)
    file = copy / "Chart.yaml"
    about = yaml.safe_load(file.read_text())
    del about["dependencies"]
    file.chmod(0o644)
    file.write_text(yaml.safe_dump(about))
    (copy / "Chart.lock").unlink()
    return copy


@pytest.fixture(scope="session")
def external_secrets_definitions(tmp_path_factory):
    """The definitions in that module, with the one field that ours have and these have not."""
    bundle = (built("external-secrets-crds") / "bundle.yaml").read_text()
    field = r"\1sessionTagsPolicy:\n\1  type: string\n\1sessionTags:\n"
    file = tmp_path_factory.mktemp("definitions") / "bundle.yaml"
    file.write_text(re.sub(r"^( +)sessionTags:\n", field, bundle, flags=re.MULTILINE))
    return file


@pytest.fixture(scope="session")
def external_secrets_source(external_secrets_chart, external_secrets_definitions):
    """Where ExternalSecrets has chart and definitions from."""
    return {"chart": str(external_secrets_chart), "crds": str(external_secrets_definitions)}
