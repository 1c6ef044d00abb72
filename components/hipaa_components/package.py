"""The Pulumi package `hipaa`: every component, served to programs in any language.

`python -m hipaa_components.package` writes the package schema, `--check` tells whether the committed one is fresh.
"""

import argparse
import inspect
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hipaa_components import aws, kubernetes
from hipaa_components._component import PACKAGE, Component
from hipaa_components._provider import PackageProvider
from hipaa_stack import __version__
from hipaa_stack.errors import HipaaStackError

SCHEMA: Final = Path(__file__).parents[1] / "schema.json"
"""The committed schema, next to PulumiPlugin.yaml."""

COMMAND: Final = "python -m hipaa_components.package"


def components() -> list[type[Component]]:
    """Every component that the packages of the platforms export, sorted by name."""
    exported = [getattr(package, name) for package in (aws, kubernetes) for name in package.__all__]
    found = [item for item in exported if inspect.isclass(item) and issubclass(item, Component)]
    return sorted(found, key=lambda component: component.__name__)


def provider() -> PackageProvider:
    """The package as a Pulumi provider."""
    return PackageProvider(PACKAGE, __version__, components())


def schema_text() -> str:
    """The package schema as it is committed: sorted, two spaces, a newline at the end."""
    return json.dumps(json.loads(provider().schema or ""), indent=2, sort_keys=True) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes or checks the schema. Returns 0, or 1 when `--check` finds it stale; 2 outside a checkout."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Writes the Pulumi schema of the components.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the committed schema is stale")
    check = parser.parse_args(arguments).check
    try:
        return _check() if check else _write()
    except HipaaStackError as error:
        print(error, file=sys.stderr)
        return 2


def _check() -> int:
    if _folder().joinpath(SCHEMA.name).exists() and SCHEMA.read_text() == schema_text():
        return 0
    print(f"{SCHEMA} is stale: run `{COMMAND}` and commit it", file=sys.stderr)
    return 1


def _write() -> int:
    _folder().joinpath(SCHEMA.name).write_text(schema_text())
    return 0


def _folder() -> Path:
    if not SCHEMA.with_name("PulumiPlugin.yaml").exists():
        raise HipaaStackError(f"{SCHEMA.parent} is not the components folder of a checkout of hipaa-stack; run this in one")
    return SCHEMA.parent


if __name__ == "__main__":
    sys.exit(main())
