import pytest

from hipaa_stack.sandbox.refusal import reason


@pytest.mark.parametrize(
    ("name", "version", "installed", "sentence"),
    [
        (
            "random",
            "4.1.0",
            "",
            "the sandbox has no random provider (4.1.0): it simulates aws and gcp and runs the real kubernetes provider",
        ),
        (
            "aws",
            "7.0.0",
            "7.51.1",
            (
                "the sandbox simulates aws 7.51.1, the version installed beside hipaa-stack, and the program asks for aws 7.0.0: "
                "install pulumi-aws in the same version in both places"
            ),
        ),
        (
            "gcp",
            "10.2.0",
            "",
            "the sandbox simulates gcp only where its SDK is installed beside hipaa-stack: pip install 'hipaa-stack[gcp]' pulumi-gcp==10.2.0",
        ),
    ],
)
def test_a_refusal_says_what_is_missing(name, version, installed, sentence):
    assert reason(name, version, installed) == sentence
