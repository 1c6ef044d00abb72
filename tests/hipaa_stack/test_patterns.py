"""What a pattern covers: `*` stands for any characters, nothing else has a meaning."""

import pytest

from hipaa_stack.patterns import covers


@pytest.mark.parametrize(
    ("pattern", "name", "covered"),
    [
        ("a", "a", True),
        ("a", "A", False),
        ("a", "ab", False),
        ("*", "", True),
        ("a*", "a", True),
        ("*prod", "repo-prod", True),
        ("*prod", "prod-repo", False),
        ("prod*repo", "prodrepo", True),
        ("prod*repo", "prod-repo-x", False),
        ("*a*b*", "xaybz", True),
        ("*a*b*", "ba", False),
        ("ab*ba", "aba", False),
        ("a**c", "abc", True),
        ("a?c", "abc", False),
        ("[a]", "a", False),
        ("arn:aws:ec2:*:*:volume/*", "arn:aws:ec2:us-east-1:123456789012:volume/vol-1", True),
    ],
)
def test_what_a_pattern_covers(pattern, name, covered):
    assert covers(pattern, name) is covered


def test_many_wildcards_take_no_time():
    assert not covers("*a" * 1_000 + "b", "a" * 100_000)
