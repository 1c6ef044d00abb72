"""AwsImageMirror: what it registers, how references lead to it, how it is filled, and what it refuses."""

import json

import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import AwsImageMirror, AwsImageMirrorArgs
from hipaa_components.aws._upstreams import mirrored, upstream_of
from hipaa_components.aws.image_mirror import creation_policy

RULE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/hub-AbCdEf"
K8S, HUB = {"registry": "registry.k8s.io"}, {"registry": "docker.io", "credential_secret_arn": SECRET}
REQUIRED = {
    "prefix": "mirror",
    "key_arn": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
    "upstreams": [K8S],
}
EVERYTHING = {
    **REQUIRED,
    "upstreams": [K8S, HUB, {"registry": "hospital1.azurecr.io", "credential_secret_arn": SECRET}],
    "images": [f"registry.k8s.io/pause:3.10@{DIGEST}", f"docker.io/library/nginx@{DIGEST}"],
    "architectures": ["AMD64", "ARM64"],
    "manage_scanning": False,
    "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/limit",
    "tags": {"team": "platform"},
    "ephemeral": {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"},
}


@pytest.mark.parametrize("args", [REQUIRED, EVERYTHING], ids=["defaults", "everything"])
def test_registers_exactly(register, snapshot, args):
    assert register(lambda: AwsImageMirror("mirror", AwsImageMirrorArgs(**args))).whole() == snapshot


def outputs(register, args):
    """Prefixes and commands of a mirror."""
    found = {}

    def program():
        mirror = AwsImageMirror("mirror", args)
        mirror.registry_prefixes.apply(lambda value: found.update(prefixes=value))
        mirror.seed_commands.apply(lambda value: found.update(commands=value))

    register(program)
    return found["prefixes"], found["commands"]


def test_references_lead_to_the_mirror(register):
    prefixes, _ = outputs(register, EVERYTHING)
    azure = upstream_of("hospital1.azurecr.io").short
    assert prefixes == {
        "registry.k8s.io": f"{HOST}/mirror/k8s/",
        "docker.io": f"{HOST}/mirror/docker/",
        "hospital1.azurecr.io": f"{HOST}/mirror/{azure}/",
    }


def test_every_image_is_pulled_once_for_each_architecture(register):
    _, commands = outputs(register, EVERYTHING)
    assert commands == [
        f"aws ecr get-login-password --region us-east-1 | docker login --username AWS --password-stdin {HOST}",
        f"docker pull --platform linux/amd64 {HOST}/mirror/docker/library/nginx@{DIGEST}",
        f"docker pull --platform linux/arm64 {HOST}/mirror/docker/library/nginx@{DIGEST}",
        f"docker pull --platform linux/amd64 {HOST}/mirror/k8s/pause@{DIGEST}",
        f"docker pull --platform linux/arm64 {HOST}/mirror/k8s/pause@{DIGEST}",
    ]
    assert outputs(register, REQUIRED)[1] == []


def test_a_reference_keeps_its_repository_and_digest():
    assert mirrored(f"quay.io/a/b:v1@{DIGEST}", {"quay.io": "host/m/quay/"}) == f"host/m/quay/a/b@{DIGEST}"


def test_the_template_comes_before_the_rules_and_after_the_rights_of_its_role(register):
    registered = register(lambda: AwsImageMirror("mirror", EVERYTHING))
    rules = registered.of_type(RULE)
    assert {rule.inputs["upstreamRegistryUrl"] for rule in rules} == {"registry.k8s.io", "registry-1.docker.io", "hospital1.azurecr.io"}
    assert all(f"{TEMPLATE} mirror-template" in registered.before(rule) for rule in rules)
    assert "aws:iam/rolePolicy:RolePolicy mirror-creation-policy" in registered.before(registered.one(TEMPLATE))


def test_scanning_covers_every_repository_and_can_be_left_to_somebody_else(register):
    rules = register(lambda: AwsImageMirror("mirror", REQUIRED)).one(SCANNING).inputs["rules"]
    assert rules == [{"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}]
    assert not register(lambda: AwsImageMirror("mirror", EVERYTHING)).of_type(SCANNING)


def test_the_role_makes_repositories_of_the_mirror_with_its_key():
    repositories, key = json.loads(creation_policy("arn:r/mirror/*", "arn:k", "us-east-1"))["Statement"]
    assert repositories["Resource"] == "arn:r/mirror/*"
    assert (key["Resource"], key["Condition"]) == ("arn:k", {"StringEquals": {"kms:ViaService": "ecr.us-east-1.amazonaws.com"}})


def test_prefixes_of_ecr_are_never_too_long():
    longest = AwsImageMirrorArgs(**{**EVERYTHING, "prefix": "m" * 20})
    assert all(len(f"{longest.prefix}/{upstream.upstream.short}") <= 30 for upstream in longest.upstreams)
    assert upstream_of("hospital1.azurecr.io").short != upstream_of("hospital2.azurecr.io").short


@pytest.mark.parametrize(
    ("change", "message"),
    [
        *(({"prefix": prefix}, "prefix: got .*2 to 20") for prefix in ("m", "M1", "m" * 21, "mirror/", "-m", "m-", "a--b")),
        ({"key_arn": "alias/images"}, "key_arn: got 'alias/images'"),
        ({"upstreams": []}, "upstreams: .*at least one"),
        ({"upstreams": [{"registry": "gcr.io"}]}, r"upstreams\[0\].registry: got 'gcr.io'; accepted: public.ecr.aws"),
        ({"upstreams": [{"registry": "docker.io"}]}, r"upstreams\[0\].credential_secret_arn: .*docker.io needs credential_secret_arn"),
        ({"upstreams": [{**K8S, "credential_secret_arn": SECRET}]}, "credential_secret_arn: .*absent with registry.k8s.io"),
        (
            {"upstreams": [{**HUB, "credential_secret_arn": SECRET.replace("ecr-", "")}]},
            "credential_secret_arn: .*secret:ecr-pullthroughcache",
        ),
        ({"upstreams": [K8S, K8S]}, r"upstreams\[1\].registry: got 'registry.k8s.io'; accepted: each registry once"),
        ({"images": ["registry.k8s.io/pause:3.10"]}, r"images\[0\]: .*A tag may name another image tomorrow"),
        ({"images": [f"quay.io/a/b@{DIGEST}"]}, r"images\[0\]: .*Add quay.io to upstreams"),
        ({"architectures": []}, "architectures: .*at least one"),
    ],
)
def test_refuses(register, change, message):
    args = {**REQUIRED, **change}
    with pytest.raises(ArgsError, match=message):
        AwsImageMirrorArgs(**args)
    with pytest.raises(ArgsError, match=f"AwsImageMirror 'mirror': .*{message}"):
        register(lambda: AwsImageMirror("mirror", args))
    assert register.last.registrations == []
