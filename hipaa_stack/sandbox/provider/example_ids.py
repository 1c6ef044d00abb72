"""Ids after the example in a type's documentation: `vpc-a01106c2` shows how every VPC id looks."""

from __future__ import annotations

import re

from .facts import Facts

_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_REGION = re.compile(r"\b(?:us|eu|ap|ca|sa|me|af|il)-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d\b")
_ACCOUNT = re.compile(r"\b\d{12}\b")
_RANDOM = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b|\b\d{5,}\b")
_PREFIXED = re.compile(r"[a-z]+(?:-[a-z]+)*-(?:[0-9a-f]{8,17}|\d{5,17})")


def reshape(example: str, facts: Facts) -> str:
    """An id of the example's shape for this object; its name when the example is a plain name or there is none."""
    if _PREFIXED.fullmatch(example):
        return f"{example.rpartition('-')[0]}-{facts.hex(17, 'id')}"
    if not example or not re.search(r"[:/,|]|^[0-9a-f-]{8,}$", example):
        return facts.text("name") or f"{facts.label}-{facts.hex(8, 'id')}"
    shaped = _UUID.sub(lambda _: facts.uuid("id"), example)
    shaped = _REGION.sub(facts.scope.region, shaped)
    shaped = _ACCOUNT.sub(facts.scope.account, shaped)
    kept = {facts.scope.account, *facts.uuid("id").split("-")}
    shaped = _RANDOM.sub(lambda match: match[0] if match[0] in kept else facts.hex(len(match[0]), match[0]), shaped)
    return shaped if shaped != example else re.split(r"(?<=[:/,|])(?=[^:/,|]*$)", example)[0] + facts.name
