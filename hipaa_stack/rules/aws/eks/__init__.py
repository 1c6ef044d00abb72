"""Rules for EKS: the cluster, its nodes, its add-ons and its access entries."""
