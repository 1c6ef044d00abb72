"""The page for those who come from cdk-nag."""

from collections.abc import Iterator

from component_pages import cell

from hipaa_stack.cdk_nag import rows
from hipaa_stack.evaluation import FOOTER
from hipaa_stack.rules import catalogue


def pages() -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of each page."""
    yield "cdk-nag.md", "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    titles = {rule.id: rule.title for rule in catalogue()}
    every = rows()
    covered = [row for row in every if row.rule]
    left_out = [row for row in every if not row.rule]
    planned = sum(row.rule not in titles for row in covered)
    yield "# Coming from cdk-nag\n"
    yield f"What becomes of the {len(every)} rules of cdk-nag's pack HIPAA Security. {len(covered) - planned} have a counterpart here, which judges the same"
    yield "state of a Pulumi program, preview or state; it may read an absent value otherwise and cite other paragraphs, which its"
    yield f"page says. {len(left_out)} have none, for the reason that stands beside them. Names are without the prefix `HIPAA.Security-`.\n"
    if planned:
        yield f"The counterparts of {planned} are **planned**: they are not built yet, and nothing here judges those states today.\n"
    yield "| rule of cdk-nag | rule here | holds when it passes |\n|---|---|---|"
    for row in covered:
        if row.rule in titles:
            yield f"| `{row.name}` | [{row.rule}](rules/{row.rule}.md) | {cell(titles[row.rule])} |"
        else:
            yield f"| `{row.name}` | {row.rule}, planned | |"
    yield "\n## Left out\n\n| rule of cdk-nag | why |\n|---|---|"
    yield from (f"| `{row.name}` | {cell(row.reason)} |" for row in left_out)
    yield f"\n{FOOTER}"
