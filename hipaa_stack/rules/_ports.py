"""Ports that no network of yours may show to the internet, whatever cloud it is in."""

from typing import Final

GUARDED_PORTS: Final = frozenset({20, 21, 22, 1433, 2379, 3306, 3389, 4333, 5432, 6379, 9200, 10250})
"""File transfer, shells and remote desktops; etcd and the kubelet; SQL Server, MySQL, mSQL, PostgreSQL, Redis and OpenSearch."""


def guarded(first: int, last: int) -> list[int]:
    """Those of the ports that lie in a range, both ends included, in order."""
    return sorted(port for port in GUARDED_PORTS if first <= port <= last)
