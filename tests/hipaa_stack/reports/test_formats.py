"""What holds for every format."""

import io

import pytest

from hipaa_stack.evaluation import FOOTER
from hipaa_stack.reports import FORMATS, write


def text(report, format_):
    out = io.StringIO()
    write(report, format_, out)
    return out.getvalue()


def test_the_formats_are_the_files_of_the_package():
    assert FORMATS == ("csv", "json", "junit", "sarif", "text")


@pytest.mark.parametrize("format_", FORMATS)
def test_a_report_says_what_a_pass_means(report, format_):
    assert FOOTER in text(report, format_)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_waived_finding_stays_visible_with_its_reason(report, format_):
    written = text(report, format_)
    assert "spec.containers[1]" in written
    assert "The sensor must see the kernel." in written
    assert "Security officer" in written


@pytest.mark.parametrize("format_", sorted(set(FORMATS) - {"text"}))
def test_what_could_not_be_read_is_part_of_what_machines_read(report, format_):
    written = text(report, format_)
    assert "bad.yaml" in written
    assert "no such file" in written


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_report_gives_the_same_bytes(report, format_):
    assert text(report, format_) == text(report, format_)


@pytest.mark.parametrize("format_", FORMATS)
def test_names_cannot_steer_a_terminal(hostile, format_):
    written = text(hostile, format_)
    assert [char for char in written if not char.isprintable() and char != "\n"] == []
    written.encode()  # no half of a surrogate pair


@pytest.mark.parametrize("format_", FORMATS)
def test_lines_are_asked_for_once_per_listed_finding(report, format_):
    asked = []
    line = report.line
    object.__setattr__(report, "line", lambda finding: asked.append(finding) or line(finding))
    text(report, format_)
    assert len(asked) == len(report.findings)
