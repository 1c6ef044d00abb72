"""Entry point of the Pulumi plugin: serves the components of this folder."""

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
if (CHECKOUT / "hipaa_stack").is_dir():
    # Components and core must be of one version: in a checkout both come from it, installed or not.
    sys.path[:0] = [str(CHECKOUT / "components"), str(CHECKOUT)]

from pulumi.provider.server import main  # noqa: E402 - the path is set up first

from hipaa_components.package import provider  # noqa: E402 - the path is set up first

if __name__ == "__main__":
    main(provider(), sys.argv[1:])
