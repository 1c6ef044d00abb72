"""Type tokens of the Google Cloud provider, and groups of types that rules read alike."""


def gcp(name: str) -> str:
    """The type token of `container/cluster`: its class is the last part, first letter upper-cased."""
    last = name.rpartition("/")[2]
    return f"gcp:{name}:{last[0].upper()}{last[1:]}"
