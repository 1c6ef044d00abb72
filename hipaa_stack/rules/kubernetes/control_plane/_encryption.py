"""Items of an EncryptionConfiguration: what they cover, and what encrypts it."""

from hipaa_stack.resources import Node
from hipaa_stack.rules.kubernetes.control_plane._ordered import in_order


def encrypts(item: Node) -> bool:
    """True when the first provider, which writes, is there and is not identity: that one writes plain text."""
    first = next(in_order(item, "providers"), None)
    return first is not None and not first.present("identity")
