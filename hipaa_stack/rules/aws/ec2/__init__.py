"""Rules for EC2: the machines under a cluster, their disks, and how they get their credentials."""
