"""Says how many made-up examples a property test looks at: fewer where a change waits for it.

`make test` makes up the same examples every time (the hypothesis profile `vast`); `make test-all` makes up new ones,
and looks at all of them.
"""

import hypothesis


def examples(number: int) -> int:
    """Gives the number of examples for this run, of `number` in a complete one."""
    profile = hypothesis.settings.default
    return max(number // 5, 10) if profile is not None and profile.derandomize else number
