module hipaa-stack/testbed/sealed-secrets

go 1.26.4

require github.com/bitnami/sealed-secrets v0.38.4
