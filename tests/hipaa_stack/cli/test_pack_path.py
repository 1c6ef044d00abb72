"""`hipaa-stack pack-path`: a folder that Pulumi takes as a policy pack."""

from pathlib import Path

from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.cli.main import run


def test_it_prints_the_folder_and_nothing_else(capsys):
    assert run(["pack-path"]) == ExitCode.CLEAN
    captured = capsys.readouterr()
    assert captured.err == ""
    folder = Path(captured.out.removesuffix("\n"))
    assert folder.is_absolute()
    assert (folder / "PulumiPolicy.yaml").is_file()
    assert (folder / "__main__.py").is_file()
