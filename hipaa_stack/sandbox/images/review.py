"""The decision on one object that is about to be written: whether nodes could pull its images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hipaa_stack.sandbox.images.reach import Networks, Reach
from hipaa_stack.sandbox.images.reference import Reference

RESOURCES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("", "v1"): ("pods", "pods/ephemeralcontainers", "podtemplates", "replicationcontrollers"),
    ("apps", "v1"): ("daemonsets", "deployments", "replicasets", "statefulsets"),
    ("batch", "v1"): ("cronjobs", "jobs"),
}
"""What holds images, by API group and version."""

_MOST_LISTED = 6


def refusal(networks: Networks, request: Mapping[str, Any]) -> str | None:
    """Why the object of an admission request is refused; None where it is not.

    Images that the object has already are no reason: others change it too, and could not remedy them.
    """
    given = dict.fromkeys(_images(request.get("object") or {}))
    new = [image for image in given if image not in set(_images(request.get("oldObject") or {}))]
    if not new:
        return None
    reach = networks.reach()
    refused = [image for image in new if _is_out_of_reach(Reference.parse(image), reach)]
    return _sentence(networks, reach, _name(request), refused) if refused else None


def _is_out_of_reach(image: Reference, reach: Reach) -> bool:
    return image.is_public and not reach.covers(image.host)


def _images(workload: Mapping[str, Any]) -> Iterator[str]:
    """The images that a workload lets nodes pull."""
    template = {
        "Pod": workload,
        "CronJob": _at(workload, "spec", "jobTemplate", "spec", "template"),
        "PodTemplate": workload.get("template"),
    }
    kind = str(workload.get("kind"))
    pod = _at(template[kind] if kind in template else _at(workload, "spec", "template"), "spec")
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for container in pod.get(group) or []:
            if container.get("image") and container.get("imagePullPolicy") != "Never":
                yield str(container["image"])
    for volume in pod.get("volumes") or []:
        image = volume.get("image") or {}
        if image.get("reference") and image.get("pullPolicy") != "Never":
            yield str(image["reference"])


def _at(value: Any, *path: str) -> Mapping[str, Any]:
    for key in path:
        value = (value or {}).get(key)
    return value or {}


def _name(request: Mapping[str, Any]) -> str:
    metadata = _at(request, "object", "metadata")
    name = metadata.get("name") or request.get("name") or metadata.get("generateName", "")
    return f"{request['kind']['kind']} {request.get('namespace', '')}/{name}"


def _sentence(networks: Networks, reach: Reach, name: str, refused: list[str]) -> str:
    clusters = ", ".join(networks.clusters())
    hosts = sorted(f"*{host}" if host.startswith(".") else host for host in reach.hosts)
    listed = ", ".join([*hosts[:_MOST_LISTED], *(["…"] if hosts[_MOST_LISTED:] else [])]) or "none"
    why = "a firewall lets their subnets out to named hosts only" if reach.has_route else "their subnets have no route out of the network"
    got = ", ".join(f"'{image}'" for image in refused)
    accepted = f"images of registries that the nodes of EKS cluster {clusters} reach: {listed}; {why}"
    return f"{name}: image: got {got}; accepted: {accepted}. {' '.join(_remedies(networks, reach, refused))}"


def _remedies(networks: Networks, reach: Reach, refused: list[str]) -> Iterator[str]:
    """What to do: the name in a mirror that exists, else a mirror; and endpoints where Amazon ECR itself is out of reach."""
    references = {image: Reference.parse(image) for image in refused}
    names = {image: networks.mirrored(reference) for image, reference in references.items()}
    for image, name in names.items():
        if name and reach.covers(Reference.parse(name).host):
            yield f"The mirror holds '{image}' as {name}."
    unmirrored = {references[image].registry for image, name in names.items() if name is None}
    if not any(".dkr.ecr" in host for host in reach.hosts):
        yield "Pulls from Amazon ECR need the endpoints ecr.api, ecr.dkr and s3 in the network."
        unmirrored = {registry for registry in unmirrored if ".dkr.ecr" not in registry}
    if unmirrored:
        yield f"Mirror {', '.join(sorted(unmirrored))} in Amazon ECR (AwsImageMirror), or copy the image there, and name it by that place."
    yield "A way out of the network counts once it exists: workloads come after it."
