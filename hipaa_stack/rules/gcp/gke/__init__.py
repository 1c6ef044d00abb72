"""Rules for clusters of GKE: the control plane, who reaches it, and what is on in every cluster."""
