"""What is offered over HTTP: the collection of web events, and the snippet that sends them."""

from __future__ import annotations

from habitue.api.app import application

__all__ = ["application"]
