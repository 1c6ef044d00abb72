"""Rules as the engine knows policies: what each says about itself, and at which level it is enforced."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from hipaa_stack import __version__
from hipaa_stack.crossguard._decoding import Decoder
from hipaa_stack.errors import HipaaStackError
from hipaa_stack.evaluation import Level, level_of
from hipaa_stack.rules import Rule, Severity
from hipaa_stack.settings import FILE_NAME, Settings

NAME: Final = "hipaa-stack"
SETTINGS_POLICY: Final = "hipaa-stack-settings"
"""The one policy that takes more than a level: `{"enforcementLevel": "advisory", "file": "path"}`."""

FRAMEWORK: Final = "HIPAA Security Rule"
ALL: Final = "all"
"""In a policy configuration: every policy. The engine has spread its level by the time that we see it."""

ADVISORY: Final = analyzer_pb2.EnforcementLevel.ADVISORY
MANDATORY: Final = analyzer_pb2.EnforcementLevel.MANDATORY
DISABLED: Final = analyzer_pb2.EnforcementLevel.DISABLED
REMEDIATE: Final = analyzer_pb2.EnforcementLevel.REMEDIATE

SEVERITIES: Final = {
    Severity.LOW: analyzer_pb2.PolicySeverity.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: analyzer_pb2.PolicySeverity.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: analyzer_pb2.PolicySeverity.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: analyzer_pb2.PolicySeverity.POLICY_SEVERITY_CRITICAL,
}


class PolicyConfigError(HipaaStackError):
    """A policy configuration that is not accepted."""


class Policies:
    """The policies of one run, with their levels: those of the profile until a configuration says otherwise."""

    def __init__(self, rules: Sequence[Rule], directory: Path) -> None:
        """Takes the rules and the folder that the settings file is looked for in: a program's, or one inside a project.

        Raises:
            SettingsError: when there is a settings file that cannot be accepted.
        """
        self.rules = tuple(rules)
        self._directory = directory
        file = _settings_file(directory)
        self.settings = Settings.read(file) if file else Settings()
        self._declared = declared_levels(self.rules, self.settings)
        self.levels: dict[str, analyzer_pb2.EnforcementLevel.ValueType] = dict(self._declared)
        """Enforcement level by the name of the policy."""

    def configure(self, config: Mapping[str, analyzer_pb2.PolicyConfig]) -> None:
        """Takes over what the user has configured, laid over the declared levels by the engine.

        The engine does not tell a level that the user has given from a declared one: a given level counts where it
        differs from what was declared, or where `all` is given.

        Raises:
            PolicyConfigError: for a policy or a property that is not there.
            SettingsError: when the settings file cannot be read or accepted.
        """
        properties = {name: Decoder().properties(given.properties) for name, given in config.items()}
        for name, given in properties.items():
            self._check(name, given)
        if file := properties.get(SETTINGS_POLICY, {}).get("file"):
            self.settings = Settings.read(self._from_project(file))
        levels = declared_levels(self.rules, self.settings)
        for name, policy in config.items():
            if name != ALL and (ALL in config or policy.enforcementLevel != self._declared[name]):
                levels[name] = policy.enforcementLevel
        self.levels = levels

    def enforced(self) -> dict[str, Level]:
        """The rules that are run, with their levels as evaluation knows them: `remediate` binds like `mandatory`."""
        return {
            rule.id: Level.ADVISORY if self.levels[rule.id] == ADVISORY else Level.MANDATORY
            for rule in self.rules
            if self.levels[rule.id] != DISABLED
        }

    def remediated(self) -> dict[str, Level]:
        """The rules whose violations are to be remedied."""
        return {rule.id: Level.MANDATORY for rule in self.rules if rule.remediates and self.levels[rule.id] == REMEDIATE}

    def describe(self) -> analyzer_pb2.AnalyzerInfo:
        """What the engine is told about the pack before it configures it."""
        return analyzer_pb2.AnalyzerInfo(
            name=NAME,
            displayName=f"{FRAMEWORK}: technical safeguards",
            description="The technical safeguards of the HIPAA Security Rule for EKS, GKE and Kubernetes, with citations.",
            version=__version__,
            supportsConfig=True,
            policies=[*(self._policy(rule) for rule in self.rules), self._settings_policy()],
        )

    def _policy(self, rule: Rule) -> analyzer_pb2.PolicyInfo:
        stack, resource = analyzer_pb2.PolicyType.POLICY_TYPE_STACK, analyzer_pb2.PolicyType.POLICY_TYPE_RESOURCE
        return analyzer_pb2.PolicyInfo(
            name=rule.id,
            displayName=rule.title,
            description=rule.title,
            message=rule.why,
            enforcementLevel=self._declared[rule.id],
            policy_type=stack if rule.of_stack else resource,
            severity=SEVERITIES[rule.severity],
            framework=analyzer_pb2.PolicyComplianceFramework(name=FRAMEWORK, reference=citations(rule)),
            tags=rule.tags,
            remediation_steps=f"{rule.fix}\nMore: hipaa-stack explain {rule.id}",
            url=rule.cites[0].url,
        )

    def _settings_policy(self) -> analyzer_pb2.PolicyInfo:
        properties = struct_pb2.Struct()
        properties.update({"file": {"type": "string", "description": f"Path of a settings file; default: {FILE_NAME} beside the program."}})
        return analyzer_pb2.PolicyInfo(
            name=SETTINGS_POLICY,
            displayName="Settings and waivers",
            description="Waivers are in force and cover a finding",
            enforcementLevel=self._declared[SETTINGS_POLICY],
            policy_type=analyzer_pb2.PolicyType.POLICY_TYPE_STACK,
            severity=SEVERITIES[Severity.LOW],
            configSchema=analyzer_pb2.PolicyConfigSchema(properties=properties),
            remediation_steps=f"Review the waivers in {FILE_NAME}.",
        )

    def _check(self, name: str, properties: Mapping[str, Any]) -> None:
        if name not in self._declared and name != ALL:
            names = {known.lower(): known for known in self._declared}
            close = difflib.get_close_matches(name.lower(), names, n=1)
            meant = f"; did you mean {names[close[0]]}?" if close else "."
            raise PolicyConfigError(
                f"policy configuration: {name}: no such policy{meant} Accepted: `{ALL}`, `{SETTINGS_POLICY}`, and the ids of rules"
                " that `hipaa-stack rules` lists."
            )
        accepted = {"file"} if name == SETTINGS_POLICY else set()
        for key, value in properties.items():
            if key not in accepted:
                also = "enforcementLevel, file" if accepted else "enforcementLevel"
                raise PolicyConfigError(f"policy configuration: {name}: {key}: no such property; accepted: {also}")
            if not isinstance(value, str) or not value:
                raise PolicyConfigError(f"policy configuration: {name}: {key}: got {value!r}; accepted: the path of a settings file")

    def _from_project(self, file: str) -> Path:
        """A path of the configuration, which is relative to the project's folder."""
        return (_project(self._directory) or self._directory) / Path(file).expanduser()


def declared_levels(rules: Sequence[Rule], settings: Settings) -> dict[str, analyzer_pb2.EnforcementLevel.ValueType]:
    """The level of every policy in the profile of the settings; what the profile does not hold is disabled."""
    strict = {Level.ADVISORY: MANDATORY if settings.strict else ADVISORY, Level.MANDATORY: MANDATORY, None: DISABLED}
    return {rule.id: strict[level_of(rule, settings)] for rule in rules} | {SETTINGS_POLICY: ADVISORY}


def citations(rule: Rule) -> str:
    """The regulation's ids, as one text."""
    return ", ".join(cite.id for cite in rule.cites)


def _settings_file(directory: Path) -> Path | None:
    """The settings file in a folder or above it, up to the folder of its project."""
    project = _project(directory) or directory
    for folder in (directory, *directory.parents):
        if (folder / FILE_NAME).exists():
            return folder / FILE_NAME
        if folder == project:
            break
    return None


def _project(directory: Path) -> Path | None:
    """The closest folder upwards with a Pulumi.yaml, as the engine finds it."""
    for folder in (directory, *directory.parents):
        if any((folder / f"Pulumi{suffix}").is_file() for suffix in (".yaml", ".yml", ".json")):
            return folder
    return None
