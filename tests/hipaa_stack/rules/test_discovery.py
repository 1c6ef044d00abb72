"""Rules are found by walking packages: ours, and those that installed packages name as an entry point."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hipaa_stack import rules
from hipaa_stack.catalog import CatalogError
from hipaa_stack.rules import KEY_CONTROL, Cite, Rule, RuleError, Severity, rule
from hipaa_stack.settings import Profile

RULE = '''
"""Agents of other vendors see what runs on a node."""
from hipaa_stack.rules import Cite, Severity, rule

@rule(
    id="{id}",
    title="Pods have an owner",
    severity=Severity.LOW,
    types=("kubernetes:core/v1:Pod",),
    cites=(Cite("{cite}", "somebody answers for it"),),
    fix="Set the label owner.",
)
def check(pod):
    if not pod.is_set("metadata.labels.owner"):
        yield pod.fail("metadata.labels.owner", "has no owner")
'''
GOOD = RULE.format(id="ACME-OWN-001", cite="164.308(a)(1)(ii)(B)")


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Puts a distribution with these modules and one entry point where Python finds installed packages."""

    def write(files: dict[str, str], entry: str, name: str = "acme") -> None:
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(textwrap.dedent(text))
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[hipaa_stack.rules]\n{name} = {entry}\n")

    def forget() -> None:
        for cached in (rules.organisation_rules, rules.all_rules):
            cached.cache_clear()
        for module in [module for module in sys.modules if module.split(".")[0] in ("acme_rules", "other_rules")]:
            del sys.modules[module]

    monkeypatch.syspath_prepend(tmp_path)
    forget()
    yield write
    forget()


def test_every_rule_of_the_release_has_an_id_of_its_own_and_is_in_its_order() -> None:
    ids = [each.id for each in rules.catalogue()]
    assert ids == sorted(set(ids))
    assert {"K8S-POD-001", "K8S-NET-001"} <= set(ids)


def test_without_other_packages_the_rules_are_those_of_the_release(install: Callable[..., None]) -> None:
    assert rules.organisation_rules() == ()
    assert rules.all_rules() == rules.catalogue()


def test_the_rules_of_an_installed_package_are_found_at_any_depth(install: Callable[..., None]) -> None:
    deep = RULE.format(id="ACME-OWN-002", cite="164.308(a)(1)(ii)(B)")
    shared = "from acme_rules.owner import check as again\n"
    files = {
        "acme_rules/__init__.py": "",
        "acme_rules/owner.py": GOOD,
        "acme_rules/pods/__init__.py": shared,
        "acme_rules/pods/deep.py": deep,
    }
    install(files, "acme_rules")
    assert [(each.id, each.why) for each in rules.organisation_rules()] == [
        ("ACME-OWN-001", "Agents of other vendors see what runs on a node."),
        ("ACME-OWN-002", "Agents of other vendors see what runs on a node."),
    ]
    assert {each.id for each in rules.all_rules()} == {each.id for each in rules.catalogue()} | {"ACME-OWN-001", "ACME-OWN-002"}


@pytest.mark.parametrize(
    ("files", "entry", "message"),
    [
        pytest.param(
            {}, "acme_rules", "acme = acme_rules: cannot be loaded: ModuleNotFoundError: No module named 'acme_rules'", id="missing"
        ),
        pytest.param(
            {"acme_rules/__init__.py": "", "acme_rules/broken.py": "1 / 0"},
            "acme_rules",
            "acme = acme_rules: cannot be loaded: ZeroDivisionError: division by zero",
            id="a module that raises",
        ),
        pytest.param(
            {"acme_rules/__init__.py": "", "acme_rules/sub/__init__.py": "import no_such_module"},
            "acme_rules",
            "acme = acme_rules: cannot be loaded: ModuleNotFoundError: No module named 'no_such_module'",
            id="a package below that cannot be imported",
        ),
        pytest.param(
            {"acme_rules/__init__.py": "x = 1"}, "acme_rules", "acme = acme_rules: holds no rule; accepted: a package", id="empty"
        ),
        pytest.param({"acme_rules/__init__.py": "x = 1"}, "acme_rules:x", "acme = acme_rules:x: holds no rule", id="no package"),
        pytest.param(
            {"acme_rules/__init__.py": "", "acme_rules/a.py": RULE.format(id="ACME_OWN", cite="164.312(b)")},
            "acme_rules",
            "acme = acme_rules: rule ACME_OWN: id: got 'ACME_OWN'; accepted: upper-case words and a three-digit number",
            id="a rule that is refused",
        ),
        pytest.param(
            {"acme_rules/__init__.py": "", "acme_rules/a.py": GOOD, "acme_rules/b.py": GOOD},
            "acme_rules",
            "rule ACME-OWN-001: defined in acme_rules.a and in acme_rules.b; accepted: one definition",
            id="an id twice",
        ),
    ],
)
def test_a_package_that_holds_no_usable_rules_is_one_sentence(
    install: Callable[..., None], files: dict[str, str], entry: str, message: str
) -> None:
    install(files, entry)
    with pytest.raises(RuleError) as caught:
        rules.organisation_rules()
    assert message in str(caught.value)


def test_an_id_of_the_release_is_taken(install: Callable[..., None]) -> None:
    install({"acme_rules.py": RULE.format(id="K8S-POD-001", cite="164.312(b)")}, "acme_rules")
    with pytest.raises(RuleError, match=r"rule K8S-POD-001: defined in hipaa_stack\.rules\..* and in acme_rules"):
        rules.all_rules()


def make(**changes: object) -> Rule:
    def check(_):
        yield from ()

    facts = {
        "id": "ACME-POD-001",
        "title": "Privilege is absent",
        "severity": Severity.HIGH,
        "types": ("kubernetes:core/v1:Pod",),
        "cites": (Cite("164.312(a)(1)", "it limits access"),),
        "fix": "Remove it.",
        "check": check,
        **changes,
    }
    return rule(**{key: value for key, value in facts.items() if key != "check"})(facts["check"])  # type: ignore[arg-type]


def takes_more(_, stack, clock):
    yield stack, clock


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "acme-pod-1"}, "rule acme-pod-1: id: got 'acme-pod-1'; accepted: upper-case words and a three-digit number"),
        ({"types": ()}, "rule ACME-POD-001: types, cites, title and fix are all needed"),
        ({"fix": ""}, "rule ACME-POD-001: types, cites, title and fix are all needed"),
        ({"check": takes_more}, "check takes stack, clock; accepted after the first: stack, settings"),
        ({"profile": Profile.STRICT}, f"profile: got strict; accepted: recommended with the tag {KEY_CONTROL}"),
        ({"profile": Profile.NPRM_2025}, "proposed: missing; profile nprm-2025 holds the rules that name a proposed safeguard"),
        (
            {"cites": (Cite("164.308(a)(4)(ii)(b)", "why"),)},
            "citation: got '164.308(a)(4)(ii)(b)'; accepted: an id of 45 CFR 164 subpart C",
        ),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises((RuleError, CatalogError)) as caught:
        make(**changes)
    assert message in str(caught.value)


def test_what_a_rule_says_about_itself() -> None:
    plain, own_key = make(), make(tags=(KEY_CONTROL,), check=lambda _, stack: iter(()))
    assert (plain.of_stack, plain.key_control, plain.takes) == (False, False, ())
    assert (own_key.of_stack, own_key.key_control, own_key.takes) == (True, True, ("stack",))
    assert Cite("164.312(a)(2)(iv)", "why").url == "https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(2)(iv)"
    assert [str(severity) for severity in Severity] == ["low", "medium", "high", "critical"]
