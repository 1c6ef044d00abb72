"""Runs `program.py` beside it as the Pulumi program, and at the end writes what the process has used to the file $BENCH_USAGE."""

import atexit
import json
import os
import resource
import runpy
import sys
import time
from pathlib import Path


def _write_usage() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss counts bytes on macOS, kibibytes elsewhere
    usage = {"seconds": time.process_time(), "peak_bytes": used.ru_maxrss * unit}
    Path(os.environ["BENCH_USAGE"]).write_text(json.dumps(usage))


atexit.register(_write_usage)
runpy.run_path(str(Path(__file__).with_name("program.py")), run_name="__main__")
