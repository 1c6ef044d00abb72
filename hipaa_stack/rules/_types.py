"""Type tokens of bridged providers."""


def token(provider: str, name: str) -> str:
    """The type token of `eks/cluster`: its class is the last part, first letter upper-cased."""
    last = name.rpartition("/")[2]
    return f"{provider}:{name}:{last[0].upper()}{last[1:]}"
