"""How much one namespace, one container and one volume claim may use."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Final

from hipaa_components._args import Args
from hipaa_components._problems import Problem, between, check

SUFFIXES: Final[Mapping[str, int | Decimal]] = {
    "": 1, "m": Decimal("0.001"), "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50,
}  # fmt: skip
"""Suffixes of quantities (Kubernetes API reference, "Quantity"); E and Ei are more than any cluster has."""

MOST: Final = 10_000
"""Largest count of objects in one namespace that a quota may allow: pods in a cluster end at 150,000."""


def quantity(text: str) -> Decimal | None:
    """The number that a Kubernetes quantity stands for, in cores or bytes; None for anything else."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([a-zA-Z]*)", text)
    return Decimal(found[1]) * SUFFIXES[found[2]] if found and found[2] in SUFFIXES else None


def positive_quantity(value: str) -> Problem | None:
    """Accepts a quantity above zero."""
    number = quantity(value)
    return None if number else Problem("a quantity above zero such as 500m, 4, 512Mi or 20Gi")


class NamespaceQuota(Args):
    """The most that all pods, claims and Services of a namespace use together."""

    pods: int = 50
    """Pods that have not ended."""
    requests_cpu: str = "10"
    """Sum of CPU requests, in cores."""
    requests_memory: str = "20Gi"
    """Sum of memory requests."""
    limits_cpu: str = "20"
    """Sum of CPU limits, in cores."""
    limits_memory: str = "40Gi"
    """Sum of memory limits."""
    persistent_volume_claims: int = 20
    """Volume claims."""
    requests_storage: str = "500Gi"
    """Sum of the storage that claims request."""
    load_balancers: int = 0
    """Services of type LoadBalancer: each is a way in from outside the cluster."""
    node_ports: int = 0
    """Node ports: each is a way in past the load balancers."""

    _pods = check("pods", between(1, MOST))
    _claims = check("persistent_volume_claims", between(0, MOST))
    _balancers = check("load_balancers", between(0, MOST))
    _ports = check("node_ports", between(0, MOST))
    _requests_cpu = check("requests_cpu", positive_quantity)
    _requests_memory = check("requests_memory", positive_quantity)
    _limits_cpu = check("limits_cpu", positive_quantity)
    _limits_memory = check("limits_memory", positive_quantity)
    _storage = check("requests_storage", positive_quantity)

    def problems(self) -> Iterator[Problem]:
        """Requests are within limits."""
        yield from _rising(self, "requests_cpu", "limits_cpu")
        yield from _rising(self, "requests_memory", "limits_memory")

    def hard(self) -> dict[str, str]:
        """The `spec.hard` of the ResourceQuota."""
        return {
            "pods": str(self.pods),
            "requests.cpu": self.requests_cpu,
            "requests.memory": self.requests_memory,
            "limits.cpu": self.limits_cpu,
            "limits.memory": self.limits_memory,
            "persistentvolumeclaims": str(self.persistent_volume_claims),
            "requests.storage": self.requests_storage,
            "services.loadbalancers": str(self.load_balancers),
            "services.nodeports": str(self.node_ports),
        }


class ContainerLimits(Args):
    """What a container gets that asks for nothing, and the most that one container or one claim may ask for."""

    cpu_request: str = "100m"
    """CPU request of a container that names none; without it the quota refuses the pod."""
    cpu_limit: str = "500m"
    """CPU limit of a container that names none."""
    cpu_max: str = "4"
    """Largest CPU limit of one container."""
    memory_request: str = "128Mi"
    """Memory request of a container that names none."""
    memory_limit: str = "512Mi"
    """Memory limit of a container that names none."""
    memory_max: str = "8Gi"
    """Largest memory limit of one container."""
    claim_min: str = "1Gi"
    """Smallest volume claim."""
    claim_max: str = "100Gi"
    """Largest volume claim."""

    _cpu_request = check("cpu_request", positive_quantity)
    _cpu_limit = check("cpu_limit", positive_quantity)
    _cpu_max = check("cpu_max", positive_quantity)
    _memory_request = check("memory_request", positive_quantity)
    _memory_limit = check("memory_limit", positive_quantity)
    _memory_max = check("memory_max", positive_quantity)
    _claim_min = check("claim_min", positive_quantity)
    _claim_max = check("claim_max", positive_quantity)

    def problems(self) -> Iterator[Problem]:
        """Requests are within limits, limits within the largest."""
        yield from _rising(self, "cpu_request", "cpu_limit", "cpu_max")
        yield from _rising(self, "memory_request", "memory_limit", "memory_max")
        yield from _rising(self, "claim_min", "claim_max")

    def limits(self) -> list[dict[str, object]]:
        """The `spec.limits` of the LimitRange."""
        return [
            {
                "type": "Container",
                "defaultRequest": {"cpu": self.cpu_request, "memory": self.memory_request},
                "default": {"cpu": self.cpu_limit, "memory": self.memory_limit},
                "max": {"cpu": self.cpu_max, "memory": self.memory_max},
            },
            {"type": "PersistentVolumeClaim", "min": {"storage": self.claim_min}, "max": {"storage": self.claim_max}},
        ]


def fits(quota: NamespaceQuota, limits: ContainerLimits) -> Iterator[Problem]:
    """What one container or claim may use, the namespace as a whole can."""
    for part, whole in (("cpu_max", "limits_cpu"), ("memory_max", "limits_memory"), ("claim_max", "requests_storage")):
        largest, total = getattr(limits, part), getattr(quota, whole)
        if _number(largest) > _number(total):
            yield Problem(
                f"at most quota.{whole}, which is {total}", "One container or claim would never start.", f"container_limits.{part}", largest
            )


def _rising(model: Args, *fields: str) -> Iterator[Problem]:
    for low, high in pairwise(fields):
        small, large = getattr(model, low), getattr(model, high)
        if _number(small) > _number(large):
            yield Problem(f"at most {high}, which is {large}", "", low, small)


def _number(text: str) -> Decimal:
    number = quantity(text)
    assert number is not None, "fields are checked before models"
    return number
