"""Updates with the pack: what is decided once values are known, what is remedied, and states."""

from __future__ import annotations

import json

import pytest

from hipaa_stack.evaluation import FOOTER

from .conftest import only

UP = ("up", "--yes", "--skip-preview")
TRAIL = """
import pulumi, pulumi_aws as aws
key = aws.kms.Key("key", enable_key_rotation=%s, description="for logs")
"""


def pods(namespace, **security_context):
    return f"""
import pulumi, pulumi_aws as aws, pulumi_kubernetes as k8s
key = aws.kms.Key("key")
later = lambda value: key.arn.apply(lambda arn: value if arn.startswith("arn:") else None)
opts = pulumi.ResourceOptions(custom_timeouts={{"create": "1s"}})
security = {{name: later(value) for name, value in {security_context!r}.items()}}
spec = {{"containers": [{{"name": "app", "image": "app", "security_context": security}}]}}
template = {{"metadata": {{"labels": {{"app": "app"}}}}, "spec": spec}}
k8s.apps.v1.Deployment("app", metadata={{"namespace": "{namespace}", "annotations": {{"pulumi.com/skipAwait": "true"}}}},
    spec={{"replicas": 0, "selector": {{"match_labels": {{"app": "app"}}}}, "template": template}})
"""


@pytest.fixture
def namespace(local_kubernetes, request):
    name = f"pack-{abs(hash(request.node.name)) % 10**8}"
    local_kubernetes.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    return name


def test_an_update_decides_on_what_a_preview_could_not(sandbox, make_project, run, local_kubernetes, namespace):
    box = sandbox(make_project({"__main__.py": pods(namespace, privileged=True)}), kubernetes=local_kubernetes)
    config = only(K8S_POD_001="mandatory")
    preview = run(box, "preview", config=config)
    assert (preview.status, preview.said()) == (0, [("K8S-POD-001", "advisory", "app")])
    update = run(box, *UP, config=config)
    assert update.status != 0
    assert update.said() == [("K8S-POD-001", "mandatory", "app")]
    assert not box.resources("kubernetes:apps/v1:Deployment"), "a mandatory violation keeps the resource from being made"


def test_a_clean_update_passes_and_ends_with_the_meaning_of_a_pass(sandbox, make_project, run, local_kubernetes, namespace):
    box = sandbox(make_project({"__main__.py": pods(namespace, privileged=False)}), kubernetes=local_kubernetes)
    result = run(box, *UP, config=only(K8S_POD_001="mandatory"))
    assert result.status == 0, result.output + result.errors
    assert result.said() == []
    assert result.output.partition("\nDiagnostics:\n")[2].count(FOOTER) == 1


def test_a_remedy_changes_what_is_deployed_and_keeps_secrets(sandbox, make_project, run, local_kubernetes, namespace):
    program = pods(namespace, privileged=False, allowPrivilegeEscalation=True).replace(
        '"image": "app",', '"image": "app", "env": [{"name": "TOKEN", "value": pulumi.Output.secret("hush-hush-7")}],'
    )
    box = sandbox(make_project({"__main__.py": program}), kubernetes=local_kubernetes)
    result = run(box, *UP, config=only(K8S_POD_013="remediate"))
    assert result.status == 0, result.output + result.errors
    assert result.said() == []
    exported = box.pulumi("stack", "export").stdout
    (deployment,) = [each for each in json.loads(exported)["deployment"]["resources"] if each["type"].endswith(":Deployment")]
    assert "hush-hush-7" not in exported
    assert "hush-hush-7" not in result.output + result.errors
    _, live = local_kubernetes.request("GET", f"/apis/apps/v1/namespaces/{namespace}/deployments")
    (container,) = live["items"][0]["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [{"name": "TOKEN", "value": "hush-hush-7"}]
    assert container["securityContext"] == {"privileged": False, "allowPrivilegeEscalation": False}
    assert deployment["inputs"]["spec"]


def test_a_state_is_analysed_offline(sandbox, make_project, run, local_kubernetes, namespace, tmp_path):
    box = sandbox(make_project({"__main__.py": pods(namespace, privileged=True)}), kubernetes=local_kubernetes)
    box.pulumi(*UP)
    state = tmp_path / "state.json"
    state.write_text(box.pulumi("stack", "export").stdout)
    from hipaa_stack.crossguard import pack_path

    config = tmp_path / "config.json"
    config.write_text(json.dumps(only(K8S_POD_001="mandatory")))
    command = ("policy", "analyze", f"--file={state}", f"--policy-pack={pack_path()}", f"--policy-pack-config={config}")
    result = box.pulumi(*command, "--json", check=False)
    assert result.returncode != 0
    events = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    found = [event["policyEvent"] for event in events if "policyEvent" in event]
    assert [(each["policyName"], each["enforcementLevel"]) for each in found] == [("K8S-POD-001", "mandatory")]
    shown = box.pulumi(*command, check=False)
    assert FOOTER in shown.stdout + shown.stderr
    assert ", state: violations: 1" in shown.stdout + shown.stderr
