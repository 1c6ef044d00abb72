"""The findings of a run in the formats that people and machines read: one file per format, found by its name.

A format is a module of this package with `write(report, out)`. What all of them show is a `Report`.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TextIO

from hipaa_stack.reports._escapes import dumps, printable
from hipaa_stack.reports._report import Report

__all__ = ["FORMATS", "Report", "dumps", "printable", "write"]

FORMATS: tuple[str, ...] = tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")))
"""Names of the formats."""


def write(report: Report, format_: str, out: TextIO) -> None:
    """Writes a report in one of FORMATS; the same report gives the same text, but for colours on a terminal."""
    importlib.import_module(f"{__name__}.{format_}").write(report, out)
