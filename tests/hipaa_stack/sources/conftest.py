import io
from collections.abc import Callable
from pathlib import Path

import pytest

from hipaa_stack import sources

Reader = Callable[..., sources.Input]
SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """`read({"a.yaml": "…"}, "a.yaml", stdin=b"")`: writes the files, then reads the paths; without paths every file by its name."""
    monkeypatch.chdir(tmp_path)

    def write_and_read(files: dict[str, str | bytes] | None = None, *paths: str, stdin: bytes = b"") -> sources.Input:
        for name, content in (files or {}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return sources.read(paths or tuple(files or ()), io.BytesIO(stdin))

    return write_and_read


@pytest.fixture
def sample() -> Callable[[str], sources.Input]:
    """Reads a file that the real engine wrote, without the positions in its program."""
    return lambda name: sources.read([str(SAMPLES / f"{name}.json")], io.BytesIO())
