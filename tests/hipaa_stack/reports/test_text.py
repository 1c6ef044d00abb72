"""The report for people, word for word."""

import io

import pytest

from hipaa_stack.reports import write

EXPECTED = """\
deploy/app.yaml

  Deployment shop/web
    CRITICAL  TEST-A-001  privileged is true
              at deploy/app.yaml:22  spec.containers[0]
              164.312(a)(1), 164.312(b)
              fix: Fix of TEST-A-001.
    WAIVED    TEST-A-001  privileged is true
              at deploy/app.yaml:31  spec.containers[1]
              164.312(a)(1), 164.312(b)
              waived by Security officer, until 2027-10-31, RA-12: The sensor must see the kernel.
    UNKNOWN   TEST-A-002  Title of TEST-A-002: known only after deployment
              at spec.replicas
              164.312(a)(1), 164.312(b)
    PASS      TEST-A-003  Title of TEST-A-003
              164.312(a)(1), 164.312(b)

preview.json

  aws:s3/bucket:Bucket data
    ERROR     TEST-A-001  Title of TEST-A-001: the rule raised KeyError: please report it
              164.312(a)(1), 164.312(b)
    N/A       TEST-A-002  Title of TEST-A-002: no website
              164.312(a)(1), 164.312(b)
    HIGH      TEST-A-003  (advisory) versioning is off
              at versioning
              164.312(a)(1), 164.312(b)
              fix: Fix of TEST-A-003.

2 resources, 3 rules (profile recommended): 2 failed, 1 unknown, 1 error, 1 waived, 1 passed, 1 not applicable; 2 could not be read
A pass is evidence for the named safeguard, not a determination of compliance.
"""


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_people_read_findings_by_file_and_resource(report):
    out = io.StringIO()
    write(report, "text", out)
    assert out.getvalue() == EXPECTED


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({"TERM": "xterm-256color"}, True), ({"TERM": "dumb"}, False), ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False)],
)
def test_a_terminal_shows_colours_when_it_has_them(report, monkeypatch, environment, coloured):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    out = Terminal()
    write(report, "text", out)
    assert ("\x1b[" in out.getvalue()) is coloured
    assert out.getvalue().count("CRITICAL") == 1
