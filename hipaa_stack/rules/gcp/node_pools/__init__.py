"""Rules for the node pools of GKE, those in a cluster included."""
