"""A bound on the work a library does with a hostile file."""

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import Any

from foundation.outgoing.problems import Problem

# Calls between two looks at the clock.
EVERY = 256


class _Over(BaseException):
    """The time is up. No Exception, so that no library that is generous with its own swallows it."""


@contextlib.contextmanager
def at_most(seconds: float, problem: str) -> Iterator[None]:
    """End this thread's Python code with Problem(problem) after `seconds` of its processor time.

    By the interpreter's trace hook, of this thread alone: a library that loops towards the year 9999 calls functions on
    its way, and at one of these calls it ends. What never leaves C (one regular expression) is bounded by its input.
    """
    until = time.thread_time() + seconds
    calls = 0

    def look(_frame: Any, _event: str, _argument: Any) -> None:
        nonlocal calls
        calls += 1
        if calls % EVERY == 0 and time.thread_time() > until:
            raise _Over

    before = sys.gettrace()
    sys.settrace(look)
    try:
        yield
    except _Over:
        raise Problem(problem) from None
    finally:
        sys.settrace(before)
