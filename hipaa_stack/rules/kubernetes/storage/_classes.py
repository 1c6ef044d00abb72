"""Storage classes by provisioner, and their parameters, whose keys the drivers read in any case."""

from typing import Final

from hipaa_stack.resources import Node, NotApplicable

EBS: Final = frozenset({"ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com", "kubernetes.io/aws-ebs"})
"""The driver, that of EKS Auto Mode, and the in-tree plugin that redirects to the driver."""
PERSISTENT_DISK: Final = frozenset({"pd.csi.storage.gke.io", "kubernetes.io/gce-pd"})
FILESTORE: Final = frozenset({"filestore.csi.storage.gke.io"})
EFS: Final = frozenset({"efs.csi.aws.com"})


def skip_others(storage_class: Node, provisioners: frozenset[str]) -> None:
    """Raises NotApplicable for a class of other provisioners."""
    provisioner = storage_class.string("provisioner")
    if provisioner not in provisioners:
        raise NotApplicable(f"the provisioner is not {' or '.join(sorted(provisioners))}")


def parameter(storage_class: Node, name: str) -> str:
    """The path of a parameter."""
    return in_any_case(storage_class, "parameters", name)


def in_any_case(root: Node, parent: str, name: str) -> str:
    """The path of a key of the object at `parent`, in the case in which it is written there."""
    written = next((key for key in root.keys(parent) if key.lower() == name.lower()), name)
    return f"{parent}.{written}"
