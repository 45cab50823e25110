"""What a database says is wrong, as far as it may be shown.

A driver's message can hold the password (a failed connection), the query with its literals, or a
row's values ("invalid input syntax for type integer: …"). What is wrong with the query or the
connection is shown in the server's own first line; what is wrong with a value is only named by
its code.
"""

from __future__ import annotations

import re
from typing import Any

from habitue.locale import _

__all__ = ["explained", "hidden"]

#: Classes of SQLSTATE that speak of the connection, of names and of rights, never of values.
_SHOWN = ("08", "25", "28", "3D", "3F", "42", "53", "57")
#: The same for MySQL: connection, rights, unknown names, syntax, a write that is refused.
_MYSQL = {1040, 1044, 1045, 1046, 1049, 1054, 1060, 1064, 1103, 1130, 1142, 1143, 1146, 1227,
          1248, 1290, 1305, 1370, 1792, 1836, 2002, 2003, 2005, 2006, 2013, 2026, 4161}  # fmt: skip
_DUCKDB = {"BinderException", "CatalogException", "ParserException", "PermissionException",
           "IOException", "ConnectionException", "SyntaxException",
           "InvalidInputException"}  # fmt: skip
_NOISE = re.compile(
    r"^(\w+: )?(\[libpq\] )?(Failed to (connect|prepare query|execute query)[^:]*: )?"
    r"(could not begin COPY: )?|\b(ERROR|FATAL): +"
)


def explained(error: Exception) -> str | None:
    """Return what went wrong in words that may be shown; None if no database said it."""
    original: Any = getattr(error, "orig", None) or error
    origin = type(original).__module__.partition(".")[0]
    if origin == "sqlite3":
        return _first(original) if type(original).__name__ != "IntegrityError" else hidden("")
    if origin in ("duckdb", "_duckdb"):
        shown = type(original).__name__ in _DUCKDB
        return _first(original) if shown else hidden(type(original).__name__)
    if origin == "pymysql":
        return _of_mysql(original)
    if origin in ("psycopg", "adbc_driver_manager"):
        state = getattr(original, "sqlstate", None) or ""
        connecting = not state and type(original).__name__ == "OperationalError"
        if connecting or state[:2] in _SHOWN:
            return _first(original)
        return hidden(state)
    return None


def _of_mysql(error: Any) -> str:
    code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    if code in _MYSQL or not code:
        return f"{error.args[1] if len(error.args) > 1 else error}".splitlines()[0]
    return hidden(str(code))


def _first(error: Exception) -> str:
    """Return the first line that says something, without the driver's own framing."""
    for line in str(error).splitlines():
        text = _NOISE.sub("", line.strip()).strip()
        # ADBC quotes the query before the server's words.
        text = re.sub(r"^.*'(?:.*)': +", "", text)
        if text:
            return text
    return type(error).__name__


def hidden(code: str = "") -> str:
    """Say that something failed, without what the server said of it."""
    message = _(
        "the query failed while its rows were made (code {code}); "
        "what the server says is not shown, it may hold a row's values"
    )
    return message.format(code=code or "?")
