"""The one base class of every error that a user can cause or must read."""


class HipaaStackError(Exception):
    """A mistake or a failure that the user can act on.

    The message says where it happened, what was given, what is accepted and how to fix it. The command
    line prints it without a traceback; anything else that escapes is an internal error.
    """
