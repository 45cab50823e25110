"""The commands put together, in the language in force; what goes wrong becomes one message."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from habitue.cli.session import Session
from habitue.errors import HabitueError, UsageError
from habitue.locale import _

__all__ = ["build", "run"]

#: Typer puts what is required into braces.
_BRACES = str.maketrans("", "", "{}")
DONE, FAILED, USAGE, STOPPED, PIPE_CLOSED = 0, 1, 2, 130, 141


def _words() -> None:
    """Put Typer's own words into the language in force; they are constants of a module."""
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = _("Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = _("Options")
    rich_utils.COMMANDS_PANEL_TITLE = _("Commands")
    rich_utils.DEFAULT_STRING = _("[default: {}]")
    rich_utils.REQUIRED_LONG_STRING = _("[required]")

    class Folding(rich_utils.OptionHighlighter):
        def highlight(self, text: Any) -> None:
            text.overflow = "fold"  # Chinese has no spaces at which to break a line
            super().highlight(text)

    rich_utils.highlighter = Folding()


class _Localised:
    """Help in the language in force."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _words()
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = " ".join(piece.translate(_BRACES) for piece in self.collect_usage_pieces(ctx))  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, pieces, prefix=_("Usage: "))


class _Command(_Localised, TyperCommand): ...


class _Group(_Localised, TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise typer.Exit(PIPE_CLOSED) from None


# --- options that stand before a command as well as after it -------------------------------------
def _keep(ctx: typer.Context, param: typer.CallbackParam, value: Any) -> Any:
    if value and isinstance(ctx.obj, Session):
        setattr(ctx.obj, {"shop": "folder"}.get(param.name or "", param.name or ""), value)
    return value


def _version(ctx: typer.Context, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from habitue import __version__

        sys.stdout.write(f"habitue {__version__}\n")
        raise typer.Exit(DONE)


_COMMON = ("shop", "lang", "json", "quiet", "debug")


def _root(
    ctx: typer.Context,
    shop: Annotated[
        Path | None,
        typer.Option(
            help=_("The shop's folder; else this one or the nearest above it that is a shop."),
            metavar="DIR",
            callback=_keep,
            expose_value=False,
        ),
    ] = None,
    lang: Annotated[
        str | None,
        typer.Option(
            help=_("Language: en or zh."),
            metavar="LANG",
            callback=_language,
            expose_value=False,
        ),
    ] = None,
    json: Annotated[
        bool,
        typer.Option(
            "--json", help=_("Print one JSON document."), callback=_keep, expose_value=False
        ),
    ] = False,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", "-q", help=_("No messages but errors."), callback=_keep, expose_value=False
        ),
    ] = False,
    debug: Annotated[
        bool,
        typer.Option(
            "--debug",
            help=_("Show where an error comes from."),
            callback=_keep,
            expose_value=False,
        ),
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help=_("Print the version."),
            callback=_version,
            is_eager=True,
            expose_value=False,
        ),
    ] = False,
) -> None:
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def _language(value: str | None) -> str | None:
    from habitue.locale import LANGUAGES

    if value is not None and value not in LANGUAGES:
        known = ", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
        raise typer.BadParameter(
            _("There is no language {seen!r}. There are: {known}.").format(seen=value, known=known)
        )
    return value


def build() -> Any:
    """Return the command group, its texts in the language in force."""
    from habitue.cli import (
        audit,
        categories,
        consent,
        count,
        evaluate,
        identity,
        keys,
        loop,
        loyalty,
        people,
        person,
        quality,
        records,
        rules,
        segments,
        serve,
        start,
        watch,
    )

    app = typer.Typer(
        cls=_Group,
        help=_("Know every regular: from a company's own records to the right offer."),
        invoke_without_command=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback(invoke_without_command=True)(_root)
    topics = (start, records, loop, segments, rules, categories, loyalty, people, evaluate)
    for part in (*topics, quality, count, watch, serve, consent, person, identity, audit, keys):
        part.add(app, _Command)
    group: Any = typer.main.get_command(app)
    _texts(group)
    common = [param for param in group.params if param.name in _COMMON]
    for param in common:
        param.rich_help_panel = _("Common options")
    for command in _commands(group):
        command.params.extend(common)
    return group


def _commands(group: Any) -> Iterator[Any]:
    """Yield a group's commands, and those of the groups in it."""
    for command in group.commands.values():
        yield command
        if isinstance(command, TyperGroup):
            yield from _commands(command)


def _texts(group: Any) -> None:
    for command in (group, *_commands(group)):
        command.options_metavar = _("[OPTIONS]")
        if option := command.get_help_option(typer.Context(command)):
            option.help, option.metavar = _("Show this message and exit."), ""
        if isinstance(command, TyperGroup):
            command.subcommand_metavar = _("COMMAND [ARGS]...")
    help_texts = {
        "install_completion": _("Install completion for this shell."),
        "show_completion": _("Print the completion script for this shell."),
    }
    for param in group.params:
        param.help = help_texts.get(param.name, param.help)
    for command in (group, *_commands(group)):
        command.help = _literal(command.help)
        for param in command.params:
            param.help = _literal(getattr(param, "help", None))
            if getattr(param, "is_flag", False):
                param.metavar = ""  # "<bool>" tells a person nothing
            elif param.param_type_name == "argument":
                param.display_type_rich = _no_type


def _literal(text: str | None) -> str | None:
    """Let the name of a section such as [schedule] be no mark-up."""
    return text and re.sub(r"\[(?=[a-z])", r"\\[", text)


def _no_type(ctx: typer.Context) -> str:
    return ""


def run(words: Sequence[str]) -> int:
    """Run a command; whatever goes wrong becomes one message and an exit status."""
    session = Session()
    try:
        with session.hearing():
            status = build().main(
                args=list(words), prog_name="habitue", standalone_mode=False, obj=session
            )
        sys.stdout.flush()
    except HabitueError as error:
        if session.debug:
            raise
        _complain(str(error))
        return USAGE if isinstance(error, UsageError) else FAILED
    except typer.Abort:
        return STOPPED
    except BrokenPipeError:
        return _closed()
    except SystemExit as error:  # completion, and what Typer ends by itself
        return error.code if isinstance(error.code, int) else FAILED
    except Exception as error:
        if session.debug:
            raise
        if hasattr(error, "format_message"):
            from habitue.cli.usage import explain

            _complain(explain(error))
            return int(getattr(error, "exit_code", USAGE))
        _complain(
            _("Something unexpected went wrong: {kind}: {text}").format(
                kind=type(error).__name__, text=error
            )
            + "\n"
            + _("Run the command again with --debug to see where.")
        )
        return FAILED
    return _closed() if status == PIPE_CLOSED else int(status or DONE)


def _complain(message: str) -> None:
    from rich.console import Console
    from rich.text import Text

    text = Text.assemble((_("Error:"), "bold red"), " ", message)
    Console(stderr=True, highlight=False).print(text, soft_wrap=True)


def _closed() -> int:
    """Let nothing be written to a closed pipe when the interpreter ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # stdout is no file
        return PIPE_CLOSED
    return PIPE_CLOSED
