"""What the exit code of `hipaa-stack` says."""

from enum import IntEnum


class ExitCode(IntEnum):
    """One meaning per number, for every verb."""

    CLEAN = 0
    """Nothing to report."""
    FINDINGS = 1
    """Findings at or above the level that was asked for."""
    USAGE = 2
    """Wrong arguments or configuration."""
    UNREADABLE = 3
    """Something could not be read or evaluated."""
    INTERNAL = 70
    """A mistake in hipaa-stack itself."""
    INTERRUPTED = 130
    """Ended by Ctrl-C."""
