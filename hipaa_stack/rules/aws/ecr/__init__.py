"""Rules for ECR: repositories, what their tags mean, and how their images are scanned."""
