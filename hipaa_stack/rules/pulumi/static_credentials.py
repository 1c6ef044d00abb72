"""A key in the program works for everyone who finds it in a state, a log or a repository, until somebody revokes it."""

import json
from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Place, Reason, Undecided, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.pulumi._kubeconfig import parsed, static_credentials

_AWS: Final = "pulumi:providers:aws"
_GCP: Final = "pulumi:providers:gcp"
_KUBERNETES: Final = "pulumi:providers:kubernetes"


@rule(
    id="PUL-STACK-002",
    title="Providers hold no static credential",
    severity=Severity.HIGH,
    types=(_AWS, _GCP, _KUBERNETES),
    cites=(
        Cite("164.312(d)", "whoever deploys proves who they are each time"),
        Cite("164.308(a)(5)(ii)(D)", "credentials are short-lived instead of kept"),
    ),
    fix="Let the provider use a role, workload identity federation, or an exec plugin in the kubeconfig.",
)
def check(provider: Node) -> Iterator[Violation]:
    type_ = provider.resource.type
    if type_ == _KUBERNETES:
        yield from _kubeconfig(provider)
    else:
        properties = ("accessKey", "secretKey", "token") if type_ == _AWS else ("accessToken",)
        yield from chain([*(_is_set(provider, each) for each in properties), *([_key_file(provider)] if type_ == _GCP else [])])


def _is_set(provider: Node, path: str) -> Iterator[Violation]:
    if provider.is_set(path):
        yield provider.fail(path, f"{path} is given to the provider")


def _key_file(provider: Node) -> Iterator[Violation]:
    """A key, a configuration of workload identity federation (which holds none), or the path of a file with either."""
    path = "credentials"
    given = provider.string(path)
    if not given:
        return
    try:
        content = json.loads(given)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise _elsewhere(provider, path)
    if content.get("type") != "external_account":
        yield provider.fail(path, "the key of a service account is given to the provider")


def _kubeconfig(provider: Node) -> Iterator[Violation]:
    path = "kubeconfig"
    given = provider.string(path)
    if not given:
        return
    config = parsed(given, provider.path(path))
    if config is None:
        raise _elsewhere(provider, path)
    for held in static_credentials(config):
        yield provider.fail(path, f"a user in it holds {held}")


def _elsewhere(provider: Node, path: str) -> Undecided:
    return Undecided([Place(provider.path(path), "the path of a file outside the program", Reason.EXTERNAL)])
