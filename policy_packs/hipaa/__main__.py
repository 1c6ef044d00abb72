"""The HIPAA policy pack. The rules and the server are in the distribution hipaa-stack, in the Python that runs this file."""

import sys

try:
    from hipaa_stack.crossguard import serve
except ImportError as error:
    sys.exit(f"The HIPAA policy pack needs hipaa-stack in {sys.executable}: pip install 'hipaa-stack[pulumi]' ({error})")

serve()
