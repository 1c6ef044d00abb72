"""What this machine shows: the programs that a deployment runs, where its state lies, and what encrypts its secrets."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from hipaa_stack.doctor._finding import Finding, beside, broken, failed, passed, unknown
from hipaa_stack.doctor._platform import Platform

OLDEST_PULUMI = (3, 250)
"""What the distribution asks for of the SDK; the engine is as new."""

SDKS = (("pulumi-aws", "aws"), ("pulumi-kubernetes", "kubernetes"))
"""Each SDK and its plugin."""

PATIENCE_SECONDS = 20
"""Start of the Pulumi engine on a cold disk, several times over."""

KEYS = ("awskms://", "gcpkms://", "azurekeyvault://", "hashivault://")
"""Secrets providers that hold a key (Pulumi, secrets encryption)."""


MAPPINGS = ("cluster", "network", "existing_network", "existing_keys", "logs", "threat_detection", "image_mirror")
LISTS = ("access",)
"""Settings that are looked at, by their shape."""


def look(platform: Platform, *, simulated: bool = False) -> Iterator[Finding]:
    """Everything that needs no account; in a simulation the state back end is not the one of the platform."""
    looks: list[tuple[str, Callable[[], Finding]]] = [
        ("pulumi", _pulumi),
        ("language host", _language_host),
        *((f"SDK {name}", partial(_sdk, platform, name, plugin)) for name, plugin in SDKS),
        ("AWS CLI", partial(_aws_cli, platform)),
        ("kubectl", _kubectl),
        ("settings", partial(_settings, platform)),
        ("region", partial(_region, platform)),
        *([] if simulated else [("state back end", partial(_backend, platform))]),
        ("secrets provider", partial(_secrets_provider, platform)),
    ]
    for name, at in looks:
        try:
            yield at()
        except Exception as error:  # noqa: BLE001 - one look that breaks stops no other
            yield broken(name, error)


def _pulumi() -> Finding:
    program = shutil.which("pulumi")
    install = "Install Pulumi: https://www.pulumi.com/docs/install/"
    if program is None:
        return failed("pulumi", message="not on PATH", fix=install)
    try:
        said = subprocess.run([program, "version"], text=True, errors="replace", capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return unknown("pulumi", message=f"{program} does not say its version: {error}", fix=install)
    version = re.search(r"(\d+)\.(\d+)\.\d+", said.stdout)
    if version is None or said.returncode:
        return unknown("pulumi", message=f"{program} does not say its version: {(said.stderr or said.stdout).strip()[:200]}", fix=install)
    wanted = ".".join(map(str, OLDEST_PULUMI))
    if (int(version[1]), int(version[2])) < OLDEST_PULUMI:
        return failed("pulumi", message=f"version {version[0]}; {wanted} or newer is needed", fix=install)
    return passed("pulumi", message=f"version {version[0]}")


def _language_host() -> Finding:
    name, program = "language host", "pulumi-language-python"
    if shutil.which(program):
        return passed(name, message=f"{program} is on PATH")
    return failed(name, message=f"{program} is not on PATH", fix="Install Pulumi whole: it comes with it, beside `pulumi`.")


def _sdk(platform: Platform, name: str, plugin: str) -> Finding:
    """An SDK where the program runs, and the plugin of its version, which Pulumi downloads where it is missing."""
    version = _version(name, platform.virtualenv)
    if version is None and (place := platform.virtualenv):
        fix = f"python3 -m venv {place} && {place}/bin/pip install 'hipaa-stack[aws]'"
        return failed(f"SDK {name}", message=f"not installed in {place}, where the program runs", fix=fix)
    if version is None:
        return failed(f"SDK {name}", message="not installed", fix="pip install 'hipaa-stack[aws]'")
    folder = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi") / "plugins"
    plugged, program = f"resource-{plugin}-v{version}", f"pulumi-resource-{plugin}"
    downloaded = (folder / plugged / program).is_file() and not (folder / f"{plugged}.partial").exists()
    if downloaded or shutil.which(program):
        return passed(f"SDK {name}", message=f"version {version}, with its plugin")
    message = f"version {version}; its plugin is not there yet: Pulumi downloads it, if it can from here"
    return unknown(f"SDK {name}", message=message, fix=f"pulumi plugin install resource {plugin} {version}")


def _version(name: str, virtualenv: Path | None) -> str | None:
    """Version of a distribution in a virtual environment, or where this runs; None where it is not installed."""
    folders = sys.path
    if virtualenv:
        folders = [str(each) for layout in ("lib/python3*/site-packages", "Lib/site-packages") for each in virtualenv.glob(layout)]
    return next((found.version for found in importlib.metadata.distributions(name=name, path=folders)), None)


def _aws_cli(platform: Platform) -> Finding:
    if platform.layer == "CLOUD":
        return beside("AWS CLI", message="the layer CLOUD calls no API server")
    if shutil.which("aws") is None:
        return failed(
            "AWS CLI", message="not on PATH: the kubeconfig asks it for tokens", fix="Install it: https://docs.aws.amazon.com/cli/"
        )
    return passed("AWS CLI", message="on PATH")


def _kubectl() -> Finding:
    if shutil.which("kubectl"):
        return passed("kubectl", message="on PATH")
    return beside("kubectl", message="not on PATH: no deployment needs it, people do")


def _settings(platform: Platform) -> Finding:
    """Shapes only: the preview checks the rest."""
    wrong = [
        f"{key}: got {type(value).__name__}; accepted: a {word}"
        for shape, word, keys in ((Mapping, "mapping", MAPPINGS), (list, "list", LISTS))
        for key in keys
        if (value := platform.at(key)) is not None and not isinstance(value, shape)
    ]
    if wrong:
        fix = "docs/reference/settings.md has every setting. What is looked at here takes these for absent."
        return failed("settings", message=". ".join(wrong), fix=fix)
    return passed("settings", message="those that are looked at here have the shape that they should; a preview checks the others")


def _region(platform: Platform) -> Finding:
    fix = f"pulumi config set aws:region REGION --stack {platform.stack}"
    if platform.region is None:
        return failed("region", message="none is named", fix=fix)
    if not re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d{1,2}", platform.region):
        return failed("region", message=f"{platform.region} is not the name of a region, such as us-east-1", fix=fix)
    return passed("region", message=platform.region)


def _backend(platform: Platform) -> Finding:
    url = _without_password(platform.backend)
    if url is None:
        fix = "Name it in Pulumi.yaml (backend.url), so that everybody uses the same one."
        return unknown("state back end", message="neither Pulumi.yaml nor PULUMI_BACKEND_URL names it", fix=fix)
    scheme = url.partition(":")[0].lower()
    make = "Make a bucket with AwsStateBackend, then `pulumi login` to it (docs/state-backend.md)."
    if scheme == "s3" and not re.match(r"s3://[^/?]", url, re.IGNORECASE):
        return failed("state back end", message=f"{url} names no bucket", fix=make)
    if scheme == "s3":
        return passed("state back end", message=url)
    if not platform.holds_patient_data:
        return passed("state back end", message=f"{url}: for states of synthetic data")
    if scheme == "file":
        message = f"{url}: a file has no access control, no versions and no record of who read it"
        return failed("state back end", message=message, fix=make)
    return unknown("state back end", message=f"{url}: who reads it, and whether it has versions and a key, is not seen here", fix=make)


def _without_password(url: str | None) -> str | None:
    """The URL as others may read it: those of databases have a password in them."""
    return url and re.sub(r"(?<=://)[^/@]*@", "***@", url)


def _secrets_provider(platform: Platform) -> Finding:
    name, provider = "secrets provider", platform.secrets_provider
    fix = f"pulumi stack change-secrets-provider 'awskms://<key>?region=<region>' --stack {platform.stack}"
    if provider is not None and provider.startswith(KEYS):
        return _key(provider.partition("?")[0], fix)
    if provider == "passphrase":
        if platform.holds_patient_data:
            message = "a passphrase: whoever knows it opens every secret, and nobody can take it from them (164.312(a)(2)(iv))"
            return failed(name, message=message, fix=fix)
        return passed(name, message="a passphrase, for a stack of synthetic data")
    if provider is None:
        message = "the stack file names none: the back end decides, or the stack does not exist yet"
        return unknown(name, message=message, fix=f"pulumi stack init {platform.stack} --secrets-provider 'awskms://<key>?region=<region>'")
    return unknown(name, message=f"{provider}: not one that is known here", fix=fix)


def _key(url: str, fix: str) -> Finding:
    name = "secrets provider"
    if not url.partition("://")[2].strip("/"):
        return failed(name, message=f"{url} names no key", fix=fix)
    if "alias/aws/" in url:
        return failed(name, message=f"{url} is a key that AWS manages: only its services may use it", fix=fix)
    return passed(name, message=url)
