"""`aws`, `gcloud` and `gke-gcloud-auth-plugin` inside a sandbox: they hand out cluster credentials and refuse all else.

Kubeconfigs of EKS and GKE run these programs to get a token. Here the token is that of the local Kubernetes. The file needs the
standard library only and is run by its path, because the Kubernetes provider starts it for every client it makes.
"""

import json
import os
import sys
from pathlib import Path

_REFUSED = 1


def main(program: str, arguments: list[str]) -> int:
    """Prints an ExecCredential for a request of credentials; says that clouds are simulated for any other request."""
    is_request = program == "gke-gcloud-auth-plugin" or (program == "aws" and "eks" in arguments and "get-token" in arguments)
    if not is_request:
        given = " ".join([program, *arguments])
        print(
            f"hipaa-stack sandbox: clouds are simulated here, `{given}` reaches no account; only cluster credentials are given out",
            file=sys.stderr,
        )
        return _REFUSED
    session = json.loads((Path(os.environ["HIPAA_STACK_SANDBOX"]) / "session.json").read_text())
    token = (session.get("kubernetes") or {}).get("token", "simulated-token")
    request = json.loads(os.environ.get("KUBERNETES_EXEC_INFO") or "{}")
    version = request.get("apiVersion", "client.authentication.k8s.io/v1beta1")
    print(json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": {"token": token}}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
