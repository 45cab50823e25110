"""Addresses of databases: which system one leads to, what may be shown of it, where it is kept."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from habitue.errors import ConfigError, UsageError
from habitue.locale import _

if TYPE_CHECKING:
    from sqlalchemy import URL

__all__ = ["SYSTEMS", "Address", "is_address"]

#: What may stand before ``://``, and the system that it means.
_SCHEMES = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "duckdb": "duckdb",
}
#: The systems by the names that people know.
SYSTEMS = {
    "postgresql": "PostgreSQL",
    "mysql": "MySQL",
    "sqlite": "SQLite",
    "duckdb": "DuckDB",
}
_ENVIRONMENT = "env:"
_SECRET = re.compile(r"(?i)(pass|secret|token|key)")


def is_address(text: str) -> bool:
    """Say whether a text is meant as a database's address rather than as a file.

    >>> is_address("postgresql://shop@db/orders"), is_address("env:ORDERS_URL"), is_address("a.csv")
    (True, True, False)
    """
    return "://" in text or text.startswith(_ENVIRONMENT)


@dataclass(frozen=True)
class Address:
    """Where a database is. Neither its text nor an error about it ever shows a password.

    Attributes
    ----------
    system : str
        A key of ``SYSTEMS``.
    label : str
        What is shown: the system and the database's name, without user, password or options.
    """

    system: str
    label: str
    url: URL = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Address:
        """Read an address, or the environment variable that holds it (``env:NAME``).

        Raises
        ------
        ConfigError
            If the environment variable is not set.
        UsageError
            If it is no address, or of a system that is not read.

        Examples
        --------
        >>> Address.of("postgresql://ann:secret@db.example:5433/shop?sslmode=require")
        Address(system='postgresql', label='postgresql://db.example:5433/shop')
        """
        from sqlalchemy import make_url
        from sqlalchemy.exc import ArgumentError

        if text.startswith(_ENVIRONMENT):
            text = _of_environment(text.removeprefix(_ENVIRONMENT))
        scheme = text.partition("://")[0].partition("+")[0].lower()
        known = ", ".join(f"{name}://" for name in _SCHEMES)
        if scheme not in _SCHEMES:
            message = _("No database is read from an address of this kind. There are: {known}.")
            raise UsageError(message.format(known=known))
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):  # its message would show the password
            message = _(
                "The {system} address can't be read. It is SYSTEM://USER:PASSWORD@HOST:PORT/NAME; "
                "characters like @ : / in the password are written %40 %3A %2F."
            )
            raise UsageError(message.format(system=SYSTEMS[_SCHEMES[scheme]])) from None
        system = _SCHEMES[scheme]
        return cls(system, _label(system, url), url)

    @property
    def file(self) -> Path:
        """The file of an SQLite or DuckDB database."""
        return Path(self.url.database or "")

    def masked(self, message: str) -> str:
        """Return a message without this address's secrets.

        >>> Address.of("mysql://ann:s3cret@db/shop").masked("no user ann with s3cret")
        'no user ann with ***'
        """
        secrets = [self.url.password or ""]
        for name, value in self.url.query.items():
            if _SECRET.search(name):
                secrets += [value] if isinstance(value, str) else list(value)
        for secret in sorted(filter(None, map(str, secrets)), key=len, reverse=True):
            message = message.replace(secret, "***")
        return message


def _of_environment(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        message = _("The environment variable {name} is to hold a database's address; it is empty.")
        raise ConfigError(message.format(name=name))
    return value


def _label(system: str, url: URL) -> str:
    if system in ("sqlite", "duckdb"):
        return f"{system}:///{Path(url.database or '').name}"
    port = f":{url.port}" if url.port else ""
    return f"{system}://{url.host or 'localhost'}{port}/{url.database or ''}"
