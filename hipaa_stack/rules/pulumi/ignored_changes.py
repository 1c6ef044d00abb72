"""What a program ignores it cannot correct: a property changed by hand stays changed, while the program still looks safe."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Place, Stack, Undecided, Violation, steps
from hipaa_stack.rules._rule import Cite, Rule, Severity, rule
from hipaa_stack.rules.pulumi._reads import reads
from hipaa_stack.settings import Profile, Settings


@rule(
    id="PUL-STACK-003",
    title="Security properties are not ignored",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=("*",),
    cites=(Cite("164.308(a)(8)", "what the checks judge is what runs"),),
    fix="Take the property out of ignoreChanges, or name only the part that another controller owns.",
)
def check(resource: Node, stack: Stack, settings: Settings) -> Iterator[Violation]:
    ignored = resource.resource.options.ignore_changes
    if not ignored:
        return
    judges = [(judge.id, reads(judge, resource.resource, stack, settings)) for judge in _required(resource.resource.rule_type)]
    hindered = next((place for _, found in judges for place in found.places), None)
    option, places = "options.ignoreChanges", []
    for path in ignored:
        reading = [id_ for id_, found in judges if found.meet(_steps(path))]
        if reading:
            yield resource.fail(option, f"{path} is ignored, which {', '.join(reading)} read{'s' if len(reading) == 1 else ''}")
        elif hindered:
            places.append(Place(resource.path(option), f"what rules read beside {path} depends on {hindered.path}", hindered.reason))
    if places:
        raise Undecided(places)


def _required(type_: str) -> Iterator[Rule]:
    """The required rules that name a type."""
    from hipaa_stack.rules import all_rules  # noqa: PLC0415 - rules are loaded by then; this module is loaded with them

    return (each for each in all_rules() if each.profile is Profile.REQUIRED and each.judges(type_))


def _steps(path: str) -> tuple[str, ...]:
    """`metadata.annotations["example.org/key"]`, as the engine writes a path (Pulumi documentation, property paths)."""
    return tuple(step.strip("\"'") for step in steps(path))
