"""Answers: JSON, the same shape for all, never with what came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.responses import Response

from habitue.locale import _

__all__ = ["failure", "reason_text", "success"]


def success(content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer that it was done."""
    body = orjson.dumps({"success": True, **content})
    return Response(body, media_type="application/json", headers=dict(headers or {}))


def failure(
    status: int,
    code: str,
    message: str,
    problems: Sequence[tuple[int, str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an answer that it was not done, and why.

    Parameters
    ----------
    status : int
        HTTP status.
    code : str
        What is wrong, for programs.
    message : str
        The same for people.
    problems : sequence of tuple
        For each bad event its place in the batch, the field, and the reason's key.
    headers : mapping, optional
        Further headers.
    """
    error: dict[str, Any] = {"code": code, "message": message}
    if problems:
        error["problems"] = [
            {"event": event, "field": field, "reason": reason, "message": reason_text(reason)}
            for event, field, reason in problems
        ]
    body = orjson.dumps({"success": False, "error": error})
    return Response(body, status, dict(headers or {}), "application/json")


def reason_text(reason: str) -> str:
    """Return in words what is wrong with a field."""
    return {
        "missing": _("is needed (userId or anonymousId is enough)"),
        "unknown": _("is none of track, page, screen, identify, group, alias"),
        "not_text": _("must be text"),
        "not_object": _("must be an object"),
        "not_list": _("must be a list"),
        "not_time": _("must be a time as ISO 8601, for instance 2026-05-01T09:30:00Z"),
        "not_gzip": _("is not what its Content-Encoding says"),
        "too_long": _("is longer than 256 characters"),
        "too_large": _("is larger than 32 KB"),
    }.get(reason, reason)
