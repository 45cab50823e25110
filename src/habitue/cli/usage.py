"""What was wrong with a call, in the language in force (Typer speaks English only)."""

from __future__ import annotations

from typing import Any

from habitue.locale import _

__all__ = ["explain"]


def explain(error: Any) -> str:
    """Return the message for a usage error, with where to look for help.

    Typer keeps the kinds of errors to itself, so they are told by their names.
    """
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "habitue"
    hint = _("See: {command} --help").format(command=command)
    return f"{_message(error)}\n{hint}"


def _message(error: Any) -> str:
    kind = type(error).__name__
    param = getattr(error, "param", None)
    name = _name(param)
    if kind == "NoSuchOption":
        text = _("There is no option {option}.").format(option=error.option_name)
        if error.possibilities:
            text += " " + _("Did you mean {names}?").format(names=", ".join(error.possibilities))
        return text
    if kind == "MissingParameter":
        return _("{name} is missing.").format(name=name)
    if kind == "BadParameter":
        return _wrong_type(param, name) or f"{name}: {error.message}"
    if kind == "BadOptionUsage":
        return _("The option {option} needs a value.").format(option=error.option_name)
    return _other(error, context=getattr(error, "ctx", None))


def _name(param: Any) -> str:
    if param is None:
        return ""
    options = [option for option in getattr(param, "opts", []) if option.startswith("-")]
    return options[-1] if options else str(getattr(param, "metavar", None) or param.name).upper()


def _wrong_type(param: Any, name: str) -> str:
    descriptor = getattr(param, "type_descriptor", None)
    if descriptor is None:
        return ""
    if descriptor.is_choice:
        known = ", ".join(str(getattr(choice, "value", choice)) for choice in descriptor.choices)
        return _("{name} takes one of: {known}.").format(name=name, known=known)
    if descriptor.annotation is not int:
        return ""
    return _("{name} takes a whole number from {low} up.").format(
        name=name, low=descriptor.parameter_info.min
    )


def _other(error: Any, context: Any) -> str:
    message = str(error.message)
    if message.startswith("No such command") and context is not None:
        known = ", ".join(getattr(context.command, "commands", {}))
        return _("There is no such command. There are: {known}.").format(known=known)
    if "unexpected extra argument" in message:
        return _("There are more words than the command takes: {seen}").format(
            seen=message.rpartition("(")[2].rstrip(")")
        )
    return message
