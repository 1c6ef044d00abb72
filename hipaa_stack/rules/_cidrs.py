"""Networks in CIDR notation."""


def is_everything(cidr: str) -> bool:
    """True for a network of prefix 0, such as 0.0.0.0/0 or ::/0."""
    _, slash, prefix = cidr.rpartition("/")
    return slash == "/" and not prefix.strip("0")
