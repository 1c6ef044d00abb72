"""`python -m hipaa_stack` is `hipaa-stack`."""

from hipaa_stack.cli import main

main()
