"""Patterns in which `*` stands for any characters and nothing else has a meaning: of ARNs, tags, type tokens and names."""


def covers(pattern: str, name: str) -> bool:
    """Whether a pattern covers the whole of a name; capital letters make a difference."""
    first, *rest = pattern.split("*")
    if not rest:
        return name == first
    if not name.startswith(first):
        return False
    *middle, last = rest
    left = name[len(first) :]
    for part in middle:
        found = left.find(part)
        if found < 0:
            return False
        left = left[found + len(part) :]
    return left.endswith(last)
