from pathlib import Path

import pytest

from hipaa_stack.sandbox.pulumi_command import Command

HERE = Path("/work/here")


@pytest.mark.parametrize(
    ("line", "verb", "stack"),
    [
        ("preview", "preview", None),
        ("preview -s dev", "preview", "dev"),
        ("preview --stack dev", "preview", "dev"),
        ("preview --stack=acme/platform/dev", "preview", "dev"),
        ("-s dev preview", "preview", "dev"),
        ("preview -sdev", "preview", "dev"),
        ("--color never up --yes --stack dev", "up", "dev"),
        ("-C other up", "up", None),
        ("stack init acme/dev", "stack", "dev"),
        ("stack new dev", "stack", "dev"),
        ("stack select dev", "stack", "dev"),
        ("stack rm dev --yes", "stack", "dev"),
        ("stack output url --stack dev", "stack", "dev"),
        ("config set aws:region us-east-1 -s dev", "config", "dev"),
        ("", "", None),
        ("--version", "", None),
    ],
)
def test_verb_and_stack_are_read_from_the_line(line, verb, stack):
    command = Command.parse(line.split(), HERE)
    assert (command.verb, command.named_stack) == (verb, stack)


@pytest.mark.parametrize(
    ("line", "directory"),
    [
        ("up", "/work/here"),
        ("up -C other", "/work/here/other"),
        ("--cwd /else up", "/else"),
        ("up --cwd=../beside", "/work/beside"),
        ("-Cother up", "/work/here/other"),
    ],
)
def test_the_directory_is_read_from_the_line(line, directory):
    assert Command.parse(line.split(), HERE).directory == Path(directory)


@pytest.mark.parametrize(
    ("line", "shortened"),
    [
        ("up --yes", "up --yes"),
        ("up -s acme/platform/dev", "up -s dev"),
        ("up --stack=acme/dev --yes", "up --stack=dev --yes"),
        ("stack select acme/dev", "stack select dev"),
        ("config set acme/dev acme/dev", "config set acme/dev acme/dev"),
    ],
)
def test_stack_names_lose_their_organisation(line, shortened):
    assert " ".join(Command.parse(line.split(), HERE).with_short_stack().arguments) == shortened


@pytest.mark.parametrize(
    ("line", "moved"),
    [
        ("stack ls", "stack ls --cwd /home"),
        ("-C other stack ls", "stack ls --cwd /home"),
        ("stack ls --cwd=other", "stack ls --cwd /home"),
        ("stack -Cother ls", "stack ls --cwd /home"),
        ("stack export --file out.json", "stack export --file /work/here/out.json --cwd /home"),
        ("stack export --file=/out.json", "stack export --file /out.json --cwd /home"),
        ("stack export --file out.json -C /else", "stack export --file /else/out.json --cwd /home"),
        ("stack graph out.dot", "stack graph /work/here/out.dot --cwd /home"),
    ],
)
def test_a_command_that_is_moved_names_the_same_files(line, moved):
    assert " ".join(Command.parse(line.split(), HERE).moved_to(Path("/home")).arguments) == moved


def test_what_follows_two_dashes_is_the_programs():
    assert Command.parse(["up", "--", "-s", "dev"], HERE).stack is None
