"""Where images are pulled from, as container runtimes read their names."""

import pytest

from hipaa_stack.sandbox.images.reference import Reference

DIGEST = "@sha256:" + "0" * 64
ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("image", "expected", "host"),
    [
        ("nginx", ("docker.io", "library/nginx", ""), "registry-1.docker.io"),
        ("nginx:1.29", ("docker.io", "library/nginx", ":1.29"), "registry-1.docker.io"),
        ("bitnami/nginx", ("docker.io", "bitnami/nginx", ""), "registry-1.docker.io"),
        ("index.docker.io/library/nginx", ("docker.io", "library/nginx", ""), "registry-1.docker.io"),
        (f"quay.io/a/b:v1{DIGEST}", ("quay.io", "a/b", f":v1{DIGEST}"), "quay.io"),
        (f"{ECR}/m/quay/b{DIGEST}", (ECR, "m/quay/b", DIGEST), ECR),
        ("registry:5000/b:v1", ("registry:5000", "b", ":v1"), "registry"),
        ("localhost/b", ("localhost", "b", ""), "localhost"),
        ("[fd00::1]:5000/b", ("[fd00::1]:5000", "b", ""), "[fd00::1"),
    ],
)
def test_a_name_says_its_registry(image, expected, host):
    reference = Reference.parse(image)
    assert (reference.registry, reference.repository, reference.version) == expected
    assert reference.host.startswith(host)


@pytest.mark.parametrize(
    "registry", ["10.64.0.9", "10.64.0.9:5000", "[fd00::1]:5000", "registry:5000", "localhost", "harbor.internal", "r.svc:80"]
)
def test_an_address_or_a_private_name_may_be_anywhere(registry):
    assert not Reference.parse(f"{registry}/b").is_public


@pytest.mark.parametrize("image", ["nginx", "quay.io/b", "registry.example.com:5000/b", ECR + "/b"])
def test_other_names_are_public(image):
    assert Reference.parse(image).is_public
