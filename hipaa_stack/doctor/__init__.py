"""What must be so before a platform is brought up for real: read, never changed, with the caller's own credentials.

One subject, one file: `local` is what this machine shows, `aws` what the account shows, `quotas` what it still has room
for. Each yields findings; what could not be seen is UNKNOWN, never a PASS.
"""

from hipaa_stack.doctor._examine import examine
from hipaa_stack.doctor._files import PlatformError, made_by
from hipaa_stack.doctor._finding import Finding
from hipaa_stack.doctor._platform import Platform

__all__ = ["Finding", "Platform", "PlatformError", "examine", "made_by"]
