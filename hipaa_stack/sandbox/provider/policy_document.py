"""`aws.iam.getPolicyDocument`: a policy as JSON, computed as the provider does it, nothing invented."""

from __future__ import annotations

import json
from collections.abc import Iterable

from .wire import UNKNOWN, Properties, Value, has_unknown

_LISTS = (("Action", "actions"), ("NotAction", "notActions"), ("Resource", "resources"), ("NotResource", "notResources"))


def policy_document(args: Properties) -> Properties:
    """`json` and `minifiedJson` for the arguments of the function; unknown arguments make them unknown."""
    if has_unknown(args):
        return {"id": UNKNOWN, "json": UNKNOWN, "minifiedJson": UNKNOWN}
    statements: list[Properties] = []
    policy_id = str(args.get("policyId") or "")
    for source in [args.get("sourceJson"), *_items(args.get("sourcePolicyDocuments"))]:
        statements = _merged(statements, _statements_of(source))
    statements = _merged(statements, [_statement(item) for item in _items(args.get("statements")) if isinstance(item, dict)])
    for override in [*_items(args.get("overridePolicyDocuments")), args.get("overrideJson")]:
        statements = _merged(statements, _statements_of(override))
    document: Properties = {"Version": str(args.get("version") or "2012-10-17")}
    if policy_id:
        document["Id"] = policy_id
    document["Statement"] = list(statements)
    text = json.dumps(document, indent=2)
    minified = json.dumps(document, separators=(",", ":"))
    return {"id": str(sum(minified.encode())), "json": text, "minifiedJson": minified}


def _statement(given: Properties) -> Properties:
    statement: Properties = {"Sid": given["sid"]} if given.get("sid") else {}
    statement["Effect"] = str(given.get("effect") or "Allow")
    for name, source in _LISTS:
        if given.get(source):
            statement[name] = _folded(_items(given[source]))
    for name, source in (("Principal", "principals"), ("NotPrincipal", "notPrincipals")):
        if given.get(source):
            statement[name] = _principals(_items(given[source]))
    if given.get("conditions"):
        statement["Condition"] = _conditions(_items(given["conditions"]))
    return statement


def _principals(blocks: list[Value]) -> Value:
    by_type: dict[str, list[Value]] = {}
    for block in blocks:
        if isinstance(block, dict):
            by_type.setdefault(str(block.get("type")), []).extend(_items(block.get("identifiers")))
    if by_type == {"*": ["*"]}:
        return "*"
    return {kind: _folded(identifiers) for kind, identifiers in sorted(by_type.items())}


def _conditions(blocks: list[Value]) -> Value:
    by_test: dict[str, dict[str, list[Value]]] = {}
    for block in blocks:
        if isinstance(block, dict):
            variables = by_test.setdefault(str(block.get("test")), {})
            variables.setdefault(str(block.get("variable")), []).extend(_items(block.get("values")))
    return {
        test: {variable: _folded(values) for variable, values in sorted(variables.items())} for test, variables in sorted(by_test.items())
    }


def _folded(values: Iterable[Value]) -> Value:
    """One value alone, several sorted; `&{` stands for the `${` of policy variables."""
    found: list[Value] = list(dict.fromkeys(sorted(str(value).replace("&{", "${") for value in values)))
    return found[0] if len(found) == 1 else found


def _statements_of(document: Value) -> list[Properties]:
    parsed = json.loads(document) if isinstance(document, str) and document else {}
    statements = parsed.get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def _merged(under: list[Properties], over: list[Properties]) -> list[Properties]:
    """A later statement takes the place of an earlier one with the same Sid."""
    by_sid = {statement["Sid"]: statement for statement in over if "Sid" in statement}
    known = {statement.get("Sid") for statement in under}
    replaced = [by_sid.get(statement.get("Sid"), statement) for statement in under]
    return replaced + [statement for statement in over if "Sid" not in statement or statement["Sid"] not in known]


def _items(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [] if value is None else [value]
