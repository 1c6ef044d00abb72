module hipaa-stack/testbed/pulumi

go 1.26

require (
	github.com/pulumi/pulumi-yaml v1.38.3
	github.com/pulumi/pulumi/pkg/v3 v3.257.0
)
