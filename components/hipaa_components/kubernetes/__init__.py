"""Components inside a cluster: they take any Kubernetes provider and serve existing clusters too."""

__all__: list[str] = []
