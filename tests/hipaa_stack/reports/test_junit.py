"""JUnit XML in the shape that CI servers read: known elements, known attributes, right totals, no time."""

import io
import xml.etree.ElementTree as ET

import pytest

from hipaa_stack.reports import write

SHAPE = {
    "testsuites": ({"testsuite"}, {"name", "tests", "failures", "errors"}, {"name"}),
    "testsuite": ({"testcase", "system-out"}, {"name", "tests", "failures", "errors"}, {"name", "tests"}),
    "testcase": ({"skipped", "failure", "error"}, {"classname", "name"}, {"classname", "name"}),
    "skipped": (set(), {"message"}, {"message"}),
    "failure": (set(), {"type", "message"}, {"type", "message"}),
    "error": (set(), {"type", "message"}, {"type", "message"}),
    "system-out": (set(), set(), set()),
}
"""Element -> the elements in it, its attributes, and those that it must have."""


def tree(report):
    out = io.StringIO()
    write(report, "junit", out)
    return ET.fromstring(out.getvalue())


@pytest.mark.parametrize("which", ["report", "hostile"])
def test_the_shape_is_that_of_junit(request, which):
    root = tree(request.getfixturevalue(which))
    assert root.tag == "testsuites"
    for element in root.iter():
        children, attributes, needed = SHAPE[element.tag]
        assert {child.tag for child in element} <= children
        assert needed <= set(element.attrib) <= attributes
    for case in root.iter("testcase"):
        assert len(case) <= 1


@pytest.mark.parametrize("which", ["report", "hostile"])
def test_totals_are_those_of_the_cases(request, which):
    root = tree(request.getfixturevalue(which))
    for suite in (root, *root):
        assert int(suite.get("tests")) == len(list(suite.iter("testcase")))
        assert int(suite.get("failures")) == len(list(suite.iter("failure")))
        assert int(suite.get("errors")) == len(list(suite.iter("error")))


def test_only_failures_fail(report):
    cases = list(tree(report).iter("testcase"))
    assert [case[0].tag if len(case) else "passed" for case in cases] == [
        "failure",
        "skipped",
        "skipped",
        "passed",
        "error",
        "skipped",
        "failure",
        "error",
        "error",
    ]
    assert cases[0].attrib == {"classname": "Deployment.shop/web", "name": "TEST-A-001 Title of TEST-A-001 [spec.containers[0]]"}
    assert cases[0][0].attrib == {"type": "TEST-A-001", "message": "fail: privileged is true"}
    assert cases[0][0].text.splitlines()[0] == "deploy/app.yaml:22"
    assert cases[1][0].get("message") == "waived by Security officer: The sensor must see the kernel."
    assert cases[2][0].get("message") == "unknown: known only after deployment"
