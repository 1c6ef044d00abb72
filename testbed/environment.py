"""Makes the Python environment of this checkout, and links `.venv` to it.

    python3 testbed/environment.py

It lies in the cache folder as `venv-<python>-<hash>`, one for each state of pyproject.toml and constraints.txt, with the
project installed as editable. Every package comes with the hash that constraints.txt names; where from is pip's own
configuration. Needs Python 3.11 or newer with its venv module and nothing installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path

from _cache import cache_root, exclusive, say
from _steps import SetupError, StepFailedError, main_program, run

CHECKOUT = Path(__file__).resolve().parent.parent
LINK = CHECKOUT / ".venv"
VERSION = sysconfig.get_python_version()
RESUME = "Run the same command again: what is downloaded is kept, so it is soon back at this step and goes on."
LABEL = "environment"


def main() -> None:
    """Makes what is missing and points `.venv` at it."""
    if LINK.exists() and not LINK.is_symlink():
        raise SetupError(f"{LINK} is not ours: ours is a link to an environment outside the checkout. Move yours away.")
    root = cache_root()
    folder = root / f"venv-{VERSION}-{_digest()}"
    if _complete(folder):
        say(f"{LABEL}: cached")
    else:
        with exclusive(root / f".venv-{folder.name}.lock", LABEL):
            if not _complete(folder):
                _create(folder)
            _remove_superseded(root, folder)
    _link(folder)


def _digest() -> str:
    parts = [(CHECKOUT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    parts += [str(part).encode() for part in (sys.version_info[:3], sys.implementation.name, CHECKOUT)]
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:12]


def _complete(folder: Path) -> bool:
    """The last step writes the mark; the interpreter that the environment was made from must still be there."""
    return _mark(folder).is_file() and (folder / "bin" / "python").exists()


def _mark(folder: Path) -> Path:
    return folder / "checkout.txt"


def _create(folder: Path) -> None:
    """Scripts in an environment hold its path, so it is made where it stays; without its mark it does not count."""
    say(f"{LABEL}: making it for Python {VERSION}; about 1 min when nothing is downloaded")
    started = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    python = folder / "bin" / "python"
    pip: list[str | Path] = [python, "-m", "pip", "--disable-pip-version-check", "install", "--no-input", "--progress-bar=off"]
    constraints = CHECKOUT / "constraints.txt"
    try:
        _step("venv", [sys.executable, "-m", "venv", folder])
        # Modules compile as they are imported: the cloud SDKs have thousands, and a run imports few of them.
        _step("packages", [*pip, "--no-compile", "--require-hashes", "-r", constraints])
        _step("project", [*pip, "--no-deps", "--no-build-isolation", "-e", CHECKOUT])
        _mark(folder).write_text(f"{CHECKOUT}\n")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    say(f"{LABEL}: made in {time.monotonic() - started:.0f} s")


def _step(name: str, command: Sequence[str | Path]) -> None:
    label = f"{LABEL} ({name})"
    # An activated environment or PYTHONPATH must not leak into this one.
    environment = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}}
    try:
        run(command, label=label, measure=_progress, environment=environment, directory=CHECKOUT)
    except StepFailedError as error:
        if name == "venv":
            raise SetupError(
                f"{label}: {sys.executable} cannot make environments.\n{error.tail}\n"
                "  Install its venv module (on Debian and Ubuntu the package python3-venv), or choose another: make PYTHON=python3.12 ..."
            ) from error
        cause = f"the network, or the package index that pip uses here, does not answer. Pip said:\n{error.tail}\n  {RESUME}"
        raise SetupError(f"{label}: {cause}" if error.network else f"{label}: pip ended with an error:\n{error.tail}") from error


def _progress(lines: Sequence[str]) -> str:
    packages = sum(line.startswith("Collecting ") for line in lines)
    installing = any(line.startswith("Installing collected packages") for line in lines)
    return f"{packages} packages fetched" + (", installing" if installing else "")


def _remove_superseded(root: Path, current: Path) -> None:
    """Environments of this checkout and Python for an earlier pyproject.toml or constraints.txt: each takes half a GB."""
    for folder in root.glob(f"venv-{VERSION}-*"):
        mark = _mark(folder)
        if folder != current and mark.is_file() and mark.read_text().strip() == str(CHECKOUT):
            mark.unlink()
            shutil.rmtree(folder, ignore_errors=True)


def _link(folder: Path) -> None:
    if LINK.is_symlink() and LINK.readlink() == folder:
        return
    draft = CHECKOUT / f".venv.{os.getpid()}"
    draft.unlink(missing_ok=True)
    draft.symlink_to(folder)
    draft.replace(LINK)


if __name__ == "__main__":
    sys.exit(main_program(main, "make"))
