"""Controllers that believe to run in a pod: processes on this machine, with the account that their chart has given them."""

import base64
import contextlib
import os
import shutil
import subprocess
import time

import pytest

from hipaa_stack.sandbox.tools import testbed_directories as directories

ACCOUNT = "run/secrets/kubernetes.io/serviceaccount"
IN_A_POD = """
mount -t tmpfs tmpfs /run && mkdir -p "/$ACCOUNT" && cp "$FILES"/* "/$ACCOUNT" && exec "$@"
"""
"""Puts the files of the account where pods have them, in a view of the file system that ends with the process."""


def built(name):
    """What the test bed has built under that name: a program, or a folder of a Go module."""
    return next(found for directory in directories() if (found := directory / name).exists())


@contextlib.contextmanager
def in_a_pod(cluster, namespace, account, command, directory):
    """Runs a program as the account, until the block ends; yields its log."""
    if subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "true"], check=False).returncode:
        pytest.skip("user namespaces, in which a process has a /run of its own, are not available here")
    status, answer = cluster.request(
        "POST", f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token", {"spec": {"expirationSeconds": 3600}}
    )
    assert status == 201, answer
    files = directory / "account"
    files.mkdir()
    (files / "token").write_text(answer["status"]["token"])
    (files / "namespace").write_text(namespace)
    (files / "ca.crt").write_bytes(base64.b64decode(cluster.ca))
    host, port = cluster.url.removeprefix("https://").split(":")
    environment = {
        "PATH": os.environ["PATH"],
        "ACCOUNT": ACCOUNT,
        "FILES": str(files),
        "KUBERNETES_SERVICE_HOST": host,
        "KUBERNETES_SERVICE_PORT": port,
        "POD_NAMESPACE": namespace,
    }
    log = directory / "controller.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", IN_A_POD, "sh", *map(str, command)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield log
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(files)


def eventually(condition, seconds=30, log=None):
    """What the condition answers once it answers; controllers act a moment later."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, log.read_text()[-4000:] if log else "nothing happened"
        time.sleep(0.1)
    return found
