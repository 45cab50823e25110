"""What a run is at, in words."""

from __future__ import annotations

from habitue.locale import _

__all__ = ["stage_title"]


def stage_title(key: str) -> str:
    """Return what a person reads while a stage is at work.

    >>> stage_title("listen")
    'Reading comments'
    """
    return {
        "prepare": _("Preparing records"),
        "analyse": _("Finding segments and rules"),
        "listen": _("Reading comments"),
        "evaluate": _("Measuring models"),
        "recommend": _("Recommending"),
        "loyalty": _("Judging loyalty"),
        "report": _("Writing the report"),
        "publish": _("Publishing"),
    }[key]
