"""Who and what is the company's own, by its settings: people, and user agents."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from habitue.errors import ConfigError
from habitue.locale import _
from habitue.prepare.identity import linked
from habitue.protect.vault import Vault
from habitue.state import Database

__all__ = ["Internal", "internal"]

_SHORTEST = 4  # letters of a user agent, fewer would hit everyone


@dataclass(frozen=True)
class Internal:
    """Pseudonyms of the company's own people, and words of its own user agents."""

    people: tuple[int, ...] = ()
    agents: tuple[str, ...] = ()


def internal(
    values: Sequence[str], vault: Vault, database: Database, *, handles: bool = False
) -> Internal:
    """Tell which of the values name people, and take the others for parts of user agents.

    Parameters
    ----------
    values : sequence of str
        E-mail addresses, customer numbers, visitor numbers and the like; or parts of a user agent.
    vault : Vault
        Knows who is meant.
    database : Database
        Knows who is the same person.
    handles : bool
        Whether names on platforms join (``[identity] handles``).

    Raises
    ------
    ConfigError
        If a value is a network address, which no record holds, or too short for a user agent.
    """
    people: set[int] = set()
    agents: list[str] = []
    for value in (given.strip() for given in values):
        if _is_network(value):
            text = _(
                "prepare.internal: {value} is a network, and records hold no addresses. "
                "Name people (an e-mail address, a customer number) or a user agent, or leave "
                "such requests out of the log."
            )
            raise ConfigError(text.format(value=value))
        if found := vault.holders(value):
            people.update(found)
        elif "@" in value:
            continue  # somebody who was never seen
        elif len(value) < _SHORTEST:
            text = _("prepare.internal: {value!r} is too short to tell a user agent by.")
            raise ConfigError(text.format(value=value))
        else:
            agents.append(value)
    return Internal(tuple(sorted(_groups(people, database, handles))), tuple(agents))


def _groups(people: set[int], database: Database, handles: bool) -> set[int]:
    """Return all pseudonyms of these people."""
    if not people:
        return people
    links = linked(database, handles=handles).to_pylist()
    persons = {row["person"] for row in links if row["customer"] in people}
    return people | {row["customer"] for row in links if row["person"] in persons}


def _is_network(value: str) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return True
