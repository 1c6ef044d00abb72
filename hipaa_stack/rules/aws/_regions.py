"""Regions: a service of AWS that is set up in one of them does nothing in another."""

from hipaa_stack.resources import Resource


def same_region(one: Resource, other: Resource) -> bool:
    """False when two resources are known to lie in different regions; what names no region lies in that of the provider.

    Raises:
        Undecided: when the region of one is not known.
    """
    here, there = one.planned.string("region"), other.planned.string("region")
    return not here or not there or here == there
