"""The baseline cites the regulation, and its numbers are ones that the clouds accept."""

import pytest

from hipaa_stack import baseline
from hipaa_stack.catalog import catalog


@pytest.mark.parametrize("name", baseline.WEAKENINGS)
def test_weakenings_cite_the_catalogue_by_id(name):
    assert [catalog()[citation].id for citation in baseline.WEAKENINGS[name]] == list(baseline.WEAKENINGS[name])


@pytest.mark.parametrize("name", baseline.COMPONENTS)
def test_components_cite_the_catalogue_by_id(name):
    record = baseline.COMPONENTS[name]
    assert [catalog()[citation].id for citation in record.citations] == list(record.citations)
    assert record.organisational.endswith(".")


def test_six_years_are_never_cut_short():
    assert baseline.AUDIT_RETENTION_DAYS >= 6 * 365 + 2
    assert baseline.AUDIT_RETENTION_DAYS in baseline.CLOUDWATCH_RETENTION_DAYS
