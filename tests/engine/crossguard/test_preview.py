"""What a preview with the pack shows, and when it fails."""

from __future__ import annotations

import json

import pytest

from hipaa_stack.evaluation import FOOTER

from .conftest import HEAD, only

PRIVILEGED = only(K8S_POD_001="mandatory")


@pytest.fixture
def box(sandbox, make_project):
    def start(program, head=HEAD, **files):
        return sandbox(make_project({"__main__.py": head + program, **files}))

    return start


def test_a_clean_preview_passes_and_says_once_what_a_pass_means(box, run):
    result = run(box("pod('good')"), "preview", config=PRIVILEGED)
    assert result.status == 0, result.output + result.errors
    assert result.said() == []
    diagnostics = result.output.partition("\nDiagnostics:\n")[2]
    assert diagnostics.count(FOOTER) == 1
    assert "preview in simulated clouds: violations: 0, undecided: 0, waived: 0, errors: 0, passed: 1." in diagnostics
    assert "warning" not in diagnostics


def test_a_violation_fails_the_preview_and_shows_place_fix_and_citations(box, run):
    result = run(box("pod('bad', privileged=True)"), "preview", config=PRIVILEGED)
    assert result.status != 0
    assert result.said() == [("K8S-POD-001", "mandatory", "bad")]
    shown = " ".join(result.output.split())
    assert "[mandatory] [severity: critical] K8S-POD-001 (kubernetes:core/v1:Pod: bad)" in shown
    assert "spec.containers[0].securityContext.privileged: privileged is true. Set securityContext.privileged to false" in shown
    assert "[164.312(a)(1), 164.308(a)(1)(ii)(B); hipaa-stack explain K8S-POD-001]" in shown


def test_what_is_known_only_after_deployment_is_advisory_and_says_so(box, run):
    program = "key = aws.kms.Key('key')\npod('later', privileged=key.arn.apply(lambda arn: False))"
    result = run(box(program), "preview", config=PRIVILEGED)
    assert result.status == 0, result.output + result.errors
    assert result.said() == [("K8S-POD-001", "advisory", "later")]
    assert "undecided: spec.containers[0].securityContext.privileged: known only after deployment" in result.output


def test_what_a_simulated_cloud_has_invented_is_undecided(box, run):
    """The lookup of a network that no account has: its id is made up, and a rule must not decide on it."""
    program = """
found = aws.ec2.get_vpc_output(tags={"Name": "clinic"})
k8s.core.v1.Namespace("looked-up", metadata={"name": "n", "labels": {"pod-security.kubernetes.io/enforce": found.id}}, opts=opts)
"""
    result = run(box(program), "preview")
    assert "looked up in a simulated cloud" in result.output


def test_no_secret_stands_in_what_is_shown(box, run):
    hidden = "hunter2hunter2"
    program = f"""
secret = pulumi.Output.secret("{hidden}")
container = k8s.core.v1.ContainerArgs(name="app", image=secret, security_context={{"privileged": pulumi.Output.secret(True)}},
    env=[{{"name": "DB_PASSWORD", "value": secret}}])
k8s.core.v1.Pod("bad", spec={{"containers": [container]}}, opts=opts)
k8s.core.v1.ConfigMap("conf", data={{"password": secret}}, opts=opts)
"""
    result = run(box(program), "preview", config={"all": "mandatory"})
    assert ("K8S-POD-001", "mandatory", "bad") in result.said()
    assert hidden not in result.output + result.errors + json.dumps(list(result.policies))


def test_a_program_that_fails_fails_as_it_does_without_the_pack(box, run):
    result = run(box("pod('bad', privileged=True)\nraise RuntimeError('of the program')"), "preview", config=PRIVILEGED)
    assert result.status != 0
    assert "RuntimeError: of the program" in result.output
    assert result.said() == [("K8S-POD-001", "mandatory", "bad")]


def test_two_packs_and_a_stock_pack_report_side_by_side(box, run, tmp_path):
    stock = tmp_path / "stock"
    stock.mkdir()
    (stock / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (stock / "__main__.py").write_text(
        "from pulumi_policy import *\n"
        "def check(args, report):\n"
        "    if args.resource_type.endswith(':Pod'): report('seen by the stock server')\n"
        "PolicyPack('stock', [ResourceValidationPolicy('pods', 'Pods', check, EnforcementLevel.ADVISORY)])\n"
    )
    from hipaa_stack.crossguard import pack_path

    result = run(box("pod('bad', privileged=True)"), "preview", packs=[pack_path(), stock, pack_path()])
    assert result.said("stock") == [("pods", "advisory", "bad")]
    ours = result.said()
    assert ours.count(("K8S-POD-001", "mandatory", "bad")) == 2
    assert len(ours) == 2 * len(set(ours))


# Configuration -----------------------------------------------------------------------------------------------


def test_levels_and_settings_come_from_the_configuration(box, run):
    waived = """
waivers:
- rule: K8S-POD-001
  resource: bad
  justification: Replaced by the end of the quarter.
  approver: Security officer
  reviewed_on: 2026-01-01
  risk_analysis_ref: RA-7
  expires: 2026-12-31
"""
    box = box("pod('bad', privileged=True)\npod('worse', privileged=True)", **{"conf/own.yaml": waived})
    settings = {"enforcementLevel": "advisory", "file": "conf/own.yaml"}
    result = run(box, "preview", config=only(K8S_POD_001="mandatory") | {"hipaa-stack-settings": settings})
    assert result.said() == [("K8S-POD-001", "advisory", "bad"), ("K8S-POD-001", "mandatory", "worse")]
    assert "waived until 2026-12-31 by Security officer" in result.output


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        pytest.param({"K8S-POD-0001": "advisory"}, "K8S-POD-0001: no such policy; did you mean K8S-POD-", id="policy"),
        pytest.param({"K8S-POD-001": "hard"}, '"hard" is not a valid enforcement level', id="level"),
        pytest.param({"hipaa-stack-settings": {"file": "none.yaml"}}, "none.yaml: No such file or directory", id="file"),
        pytest.param(
            {"hipaa-stack-settings": {"file": 7}}, "hipaa-stack-settings: file: Invalid type. Expected: string, given: ", id="kind"
        ),
        pytest.param({"hipaa-stack-settings": {"fil": "x"}}, "hipaa-stack-settings: fil: no such property", id="property"),
    ],
)
def test_a_wrong_configuration_is_refused_in_one_sentence(box, run, config, sentence):
    result = run(box("pod('good')"), "preview", config=config)
    shown = result.output + result.errors
    assert result.status != 0
    assert sentence in shown
    assert "Traceback" not in shown


def test_a_wrong_settings_file_beside_the_program_is_refused_with_its_line(box, run):
    result = run(box("pod('good')", **{"hipaa-stack.yaml": "profile: required\nstrickt: true\n"}), "preview")
    assert result.status != 0
    assert "hipaa-stack.yaml:2: strickt: unknown setting" in result.output + result.errors
