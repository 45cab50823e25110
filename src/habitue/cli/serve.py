"""Web events come in over HTTP: ``serve``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.errors import UsageError
from habitue.locale import _

__all__ = ["add"]


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's commands."""
    app.command(
        "serve",
        cls=kind,
        rich_help_panel=_("The loop"),
        help=_("Collect web events over HTTP (like Segment's), and import them from time to time."),
    )(serve)


def serve(
    ctx: typer.Context,
    host: Annotated[
        str, typer.Option("--host", metavar="HOST", help=_("Network address to listen at."))
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=0, max=65535, help=_("Port to listen at."))
    ] = 8765,
) -> None:
    """Collect web events until stopped."""
    session: Session = ctx.obj
    try:
        import uvicorn

        from habitue.api import application
    except ModuleNotFoundError as error:
        text = _("Collecting needs a web server: pip install 'habitue[serve]'")
        raise UsageError(text) from error
    shop = session.shop()
    session.say(_("Collecting web events at http://{host}:{port}").format(host=host, port=port))
    session.say(_("Put this on your pages, with the address that visitors see:"))
    tag = (
        f'<script src="http://{host}:{port}/habitue.js" data-key="{shop.write_key}" async></script>'
    )
    session.say(f"  {tag}")
    if not shop.config.events.origins:
        session.say(_("No page of another address may send yet: name them in [events] origins."))
    # No log of requests: it would keep visitors' network addresses.
    uvicorn.run(
        application(shop),
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        server_header=False,
        limit_concurrency=2000,
    )
