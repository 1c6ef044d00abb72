"""The parts of an image reference (OCI distribution: `host/path:tag@digest`), as container runtimes read them."""


def full_name(image: str) -> str:
    """The name with its registry in front, and without tag and digest: `docker.io/library/nginx` for `nginx`."""
    name = image.partition("@")[0]
    name = name.removesuffix(f":{tag(image)}")
    host, slash, path = name.partition("/")
    if not slash or not _is_host(host):
        return f"docker.io/{name if slash else f'library/{name}'}"
    host = host.lower()
    return f"{'docker.io' if host == 'index.docker.io' else host}/{path}"


def tag(image: str) -> str:
    """The tag, or ""; the port of a registry is none."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


def _is_host(part: str) -> bool:
    """Only what cannot be an organisation of Docker Hub is a host: it has a dot, a port or a capital letter."""
    return "." in part or ":" in part or part == "localhost" or part != part.lower()
