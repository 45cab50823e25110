"""The command line: the language is found first, then the commands are built in it.

Data goes to stdout; messages, progress and errors go to stderr. The exit status is 0 when done,
1 when something failed (one message says what), 2 when the command was called wrongly, 130 after
Ctrl-C, 141 when the reader of a pipe went away.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after ``habitue``; those of this process if left out.
    """
    from habitue.cli.app import run
    from habitue.cli.language import choose
    from habitue.locale import use

    words = list(sys.argv[1:] if arguments is None else arguments)
    with use(choose(words)):
        return run(words)
