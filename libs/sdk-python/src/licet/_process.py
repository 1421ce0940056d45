"""Whether this is still the process that it was."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable
from functools import partial
from typing import Final

_WIPE_ON_FORK: Final = 18
"""MADV_WIPEONFORK of Linux 4.14 (madvise(2)), for which Python has no name: a forked process finds zeros in the page."""


def process_mark() -> Callable[[], object]:
    """Give a function whose answer is true until the process is forked, in the parent ever after, in the child never.

    Not even a fork that Python was not told of escapes it. It costs no system call where Linux can wipe a page for the child.
    """
    try:
        page = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        page.madvise(_WIPE_ON_FORK)
    except (AttributeError, OSError, ValueError):
        process = os.getpid()
        return lambda: os.getpid() == process
    page[0] = 1
    return partial(page.__getitem__, 0)
