"""`hipaa-stack.yaml`: which rules bind, with which values of the organisation, and what is waived.

The command line and the policy pack read the same file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hipaa_stack.errors import HipaaStackError

FILE_NAME: Final = "hipaa-stack.yaml"

WAIVER_DAYS: Final = 365
"""Longest life of a waiver: the risk analysis behind it is reviewed at least yearly (164.308(a)(8))."""

LARGEST_FILE: Final = 1_000_000
"""Bytes; a settings file of more is a mistake."""


class SettingsError(HipaaStackError):
    """A settings file that cannot be read or accepted; one line per problem, with file and line."""


class Profile(StrEnum):
    """Which rules are evaluated, and at which level."""

    REQUIRED = "required"
    """The rules that every platform must pass, mandatory."""
    RECOMMENDED = "recommended"
    """Required, and the recommended rules as advisory."""
    STRICT = "strict"
    """Required and the rules that ask for keys of your own, mandatory."""
    NPRM_2025 = "nprm-2025"
    """Required, and the rules of the proposed rule 90 FR 898 as advisory."""


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Waiver(_Settings):
    """A finding that the organisation accepts for a time; it stays visible in every report."""

    rule: Annotated[str, Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*-\d{3}$")]
    """Id of the rule, such as K8S-POD-001."""
    resource: Annotated[str, Field(min_length=1)]
    """Pattern of the resource's name or URN, with * for any characters."""
    justification: Annotated[str, Field(min_length=20)]
    """Why the finding is acceptable."""
    approver: Annotated[str, Field(min_length=2)]
    """Who accepted it."""
    reviewed_on: dt.date
    """When it was reviewed last."""
    risk_analysis_ref: Annotated[str, Field(min_length=2)]
    """Where the risk analysis (164.308(a)(1)(ii)(A)) records it."""
    expires: dt.date
    """After this day the finding is a violation again; at most 365 days after the review."""

    @model_validator(mode="after")
    def _ends_in_time(self) -> Waiver:
        if not self.reviewed_on <= self.expires <= self.reviewed_on + dt.timedelta(days=WAIVER_DAYS):
            latest = self.reviewed_on + dt.timedelta(days=WAIVER_DAYS)
            raise ValueError(f"expires: got {self.expires}; accepted: from {self.reviewed_on} (the review) to {latest}")
        return self


class _File(_Settings):
    """What one file can say."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Reads a file.

        Raises:
            SettingsError: when it is missing, too large, not YAML or not accepted.
        """
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise SettingsError(f"{path}: larger than {LARGEST_FILE} bytes; accepted: a file of settings")
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise SettingsError(f"{path}: {error.strerror or error}; accepted: a readable {FILE_NAME}") from error
        except UnicodeDecodeError as error:
            raise SettingsError(f"{path}: not UTF-8 text ({error.reason}); save it as UTF-8") from error
        node = _compose(path, text, cls)
        try:
            return cls.model_validate({} if node is None else _Loader(text).construct_document(node))
        except ValidationError as error:
            raise SettingsError("\n".join(_lines(path, node, error, cls))) from None
        except (ValueError, yaml.YAMLError) as error:  # a value such as 2026-02-31 that YAML cannot make a date of
            raise SettingsError(f"{path}: {' '.join(str(error).split())}") from error


class WaiverFile(_File):
    """Waivers in a file of their own, such as one that another team owns."""

    waivers: tuple[Waiver, ...] = ()
    """Findings that are accepted for a time."""


class Settings(_File):
    """Everything that `hipaa-stack.yaml` can say; an absent file means these defaults."""

    profile: Profile = Profile.REQUIRED
    """Which rules are evaluated."""
    strict: bool = False
    """UNKNOWN and advisory findings count as violations."""
    waivers: tuple[Waiver, ...] = ()
    """Findings that are accepted for a time."""
    allowed_registries: tuple[str, ...] = ()
    """Registry hosts or prefixes from which images may come; none: the rule does not apply."""
    break_glass_subjects: tuple[str, ...] = ()
    """Subjects that may hold cluster-admin."""
    cluster_admins: tuple[str, ...] = ()
    """ARNs of the principals that may administer clusters."""
    baseline_namespaces: tuple[str, ...] = ()
    """Namespaces that may enforce the baseline Pod Security level instead of restricted."""
    system_namespaces: tuple[str, ...] = ()
    """Namespaces of the platform, besides kube-*, gke-*, gmp-* and amazon-*."""
    known_provisioners: tuple[str, ...] = ()
    """Storage provisioners, besides ours, whose encryption the organisation has proved."""
    min_cluster_version: Annotated[str, Field(pattern=r"^1\.\d{1,3}$")] | None = None
    """Oldest Kubernetes version that is accepted; absent: the oldest in standard support."""
    required_tags: tuple[str, ...] = ()
    """Tags that every taggable resource must have."""
    external_trail: bool = False
    """A trail of the organisation, or its audit configuration and sink in Google Cloud, outside the stack records who did what."""
    external_detection: bool = False
    """Threat detection is switched on outside the stack."""
    external_config: bool = False
    """Configuration recording is switched on outside the stack."""


class _Loader(yaml.SafeLoader):
    """A safe loader that refuses aliases: a settings file needs none, and they can be made to explode."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call] # PyYAML has no types for it
            raise yaml.composer.ComposerError(None, None, "aliases are not accepted here", event.start_mark)
        return super().compose_node(parent, index)


def _compose(path: Path, text: str, model: type[_File]) -> yaml.Node | None:
    try:
        node: yaml.Node | None = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise SettingsError(f"{path}{line}: not valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    if node is None or node.tag == "tag:yaml.org,2002:null":
        return None
    if not isinstance(node, yaml.MappingNode):
        raise SettingsError(
            f"{path}:{node.start_mark.line + 1}: got {node.tag.rpartition(':')[2]}; accepted: a mapping with {', '.join(model.model_fields)}"
        )
    for key in _repeated_keys(node):
        raise SettingsError(f"{path}:{key.start_mark.line + 1}: {key.value}: given twice; accepted: each setting once")
    return node


def _repeated_keys(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Keys that a YAML loader would silently let win over an earlier one."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield key
            seen.add(key.value)
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)


def _lines(path: Path, node: yaml.Node | None, error: ValidationError, model: type[_File]) -> Iterator[str]:
    for details in error.errors(include_url=False):
        where = ".".join(str(part) for part in details["loc"])
        if details["type"] == "extra_forbidden":
            known = Waiver if details["loc"][0] == "waivers" else model
            text = f"unknown setting; accepted: {', '.join(known.model_fields)}"
        elif details["type"] == "missing":
            text = "missing"
        elif details["type"] == "value_error":
            text = str(details["ctx"]["error"])
        else:
            text = f"got {details['input']!r}; {details['msg'][0].lower()}{details['msg'][1:]}"
        yield f"{path}:{_line(node, details['loc'])}: {where}: {text}"


def _line(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """The line of the innermost node on the way to `location`, from 1."""
    line = node.start_mark.line + 1 if node is not None else 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == part]
            if not found:
                break
            key, node = found[0]
            line = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
