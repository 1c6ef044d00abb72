"""Registries whose images Amazon ECR can mirror, and references of images in them."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, cast

import pulumi

from hipaa_components._args import Args
from hipaa_components._names import fit
from hipaa_components._problems import Problem, Rule, arn, check, optional

SHORT_LENGTH: Final = 9
"""Longest short name of an upstream: the 30 characters that a prefix of ECR has (API reference, CreatePullThroughCacheRule)
less the 20 of a mirror's own and a slash."""


class Upstream(NamedTuple):
    """A registry that ECR can mirror."""

    short: str
    """Part of the names of repositories that mirror it."""
    url: str
    """What ECR calls it."""
    credential: bool
    """Whether ECR needs an account there."""


_KNOWN: Final[Mapping[str, Upstream]] = {
    "public.ecr.aws": Upstream("ecr", "public.ecr.aws", credential=False),
    "registry.k8s.io": Upstream("k8s", "registry.k8s.io", credential=False),
    "quay.io": Upstream("quay", "quay.io", credential=False),
    "docker.io": Upstream("docker", "registry-1.docker.io", credential=True),
    "ghcr.io": Upstream("ghcr", "ghcr.io", credential=True),
    "registry.gitlab.com": Upstream("gitlab", "registry.gitlab.com", credential=True),
    "cgr.dev": Upstream("cgr", "cgr.dev", credential=True),
}
"""Registries by what references of their images begin with (ECR user guide, pull through cache rules)."""

_AZURE: Final = re.compile(r"([a-z0-9]{5,50})\.azurecr\.io")


def upstream_of(registry: str) -> Upstream | None:
    """What ECR knows of a registry; None where it cannot mirror it."""
    if azure := _AZURE.fullmatch(registry):
        return Upstream(fit(f"az-{azure[1]}", SHORT_LENGTH), registry, credential=True)
    return _KNOWN.get(registry)


def _registry_rule(value: str) -> Problem | None:
    return None if upstream_of(value) else Problem(", ".join([*_KNOWN, "<name>.azurecr.io"]), "ECR mirrors no other registry.")


def _secret_rule() -> Rule:
    accepted = "arn:<partition>:secretsmanager:<region>:<account>:secret:ecr-pullthroughcache/<name>"
    pattern = r"secret:ecr-pullthroughcache/[A-Za-z0-9/_+=.@-]+"
    return optional(arn("secretsmanager", pattern, accepted, "ECR reads secrets of such names only."))


class AwsUpstream(Args):
    """A registry that is mirrored."""

    registry: str
    """The registry, as references of its images begin: `registry.k8s.io`, `docker.io`."""
    credential_secret_arn: pulumi.Input[str] | None = None
    """ARN of the secret with the account there, for registries other than public.ecr.aws, registry.k8s.io and quay.io. Its
    name begins with `ecr-pullthroughcache/`; it lies in the account and region of the mirror, and its key is
    `aws/secretsmanager`: ECR reads it with no key of your own, so AwsSecret cannot make it (ECR user guide)."""

    _registry = check("registry", _registry_rule)
    _secret = check("credential_secret_arn", _secret_rule())

    def problems(self) -> Iterator[Problem]:
        """A credential exactly where ECR needs one."""
        given = self.credential_secret_arn is not None
        if self.upstream.credential and not given:
            accepted = f"the ARN of a secret with an account of {self.registry}"
            yield Problem(accepted, f"{self.registry} needs credential_secret_arn.", "credential_secret_arn", None)
        if given and not self.upstream.credential:
            accepted = f"absent with {self.registry}"
            yield Problem(accepted, "ECR mirrors it without an account.", "credential_secret_arn", self.credential_secret_arn)

    @property
    def upstream(self) -> Upstream:
        """What ECR knows of the registry."""
        return cast(Upstream, upstream_of(self.registry))


def mirrored(image: str, prefixes: Mapping[str, str]) -> str:
    """The reference of an image in the mirror: by its digest, without a tag.

    Args:
        image: such as `registry.k8s.io/pause:3.10@sha256:…`.
        prefixes: what the mirror's references begin with, by registry.
    """
    registry, _, rest = image.partition("/")
    repository, _, digest = rest.partition("@")
    return f"{prefixes[registry]}{repository.partition(':')[0]}@{digest}"
