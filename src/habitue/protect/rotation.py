"""Changes the master key: keys are wrapped anew, and no record is touched.

1. One transaction wraps the data keys by the new master key and adds a new generation of the key
   that wraps the persons' keys. From here on the old master key opens nothing that is in force.
2. The persons' keys are moved to the new generation, a batch a transaction. Both generations can be
   opened until all are moved, so nobody is ever unreadable, and a process that is killed leaves
   work that the next one goes on with.
3. One transaction sees that nobody is left behind and removes the old generation.

Where the master key is in a file, the new one is written beside it first (``.next``) and takes its
place after step 1; `settle` does so for a process that was killed in between.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from habitue.errors import VaultError
from habitue.locale import _
from habitue.protect.audit import Audit
from habitue.protect.keyring import PERSONS, KeyRing, unwrapped, wrapped
from habitue.protect.keys import KEY_BYTES, MasterKey, new_file
from habitue.state import Database, DataKey, PersonKey, disk

__all__ = ["Rotation", "finish", "following", "rotate", "settle", "unfinished"]

_WRAP = "wrap data keys"


@dataclass(frozen=True)
class Rotation:
    """What a rotation did: the generation now in force, and how many persons' keys it moved."""

    generation: int
    moved: int


def following(file: Path) -> Path:
    """Return where the master key that is to follow a file's is written first."""
    return file.with_name(f"{file.name}.next")


def settle(database: Database, file: Path) -> bool:
    """Put the following master key in a file's place, if the shop's keys are wrapped by it.

    Returns whether they are.
    """
    coming = following(file)
    if not coming.is_file():
        return False
    with database.reading() as session:
        master = session.scalar(select(DataKey.master).limit(1))
    if master != MasterKey.of_file(coming).id:
        return False
    _replace(coming, file)
    return True


def unfinished(database: Database) -> bool:
    """Say whether a rotation was begun and some persons' keys are still of an older generation."""
    with database.reading() as session:
        generations = select(func.count()).select_from(DataKey).where(DataKey.name == PERSONS)
        return (session.scalar(generations) or 0) > 1


def rotate(
    database: Database,
    old: MasterKey,
    new: MasterKey | None = None,
    step: Callable[[int], None] | None = None,
    rows: int = 10_000,
) -> Rotation:
    """Change the master key.

    Parameters
    ----------
    database : Database
        Where the keys are.
    old : MasterKey
        The key in force.
    new : MasterKey, optional
        The key to come; if left out, it is made and takes the place of the old one's file.
    step : callable, optional
        Told after each batch how many persons' keys have been moved.
    rows : int
        Persons a batch.

    Raises
    ------
    VaultError
        If the old key does not fit, both keys are the same, or there is no file to put a new
        key in.
    """
    KeyRing(database, old).open()
    file = old.file if new is None else None
    if new is None:
        if file is None:
            text = _("The master key comes from {where}: say where the new one comes from.")
            raise VaultError(text.format(where=old.where))
        new_file(following(file))
        new = MasterKey.of_file(following(file))
    if new.id == old.id:
        raise VaultError(_("The new master key is the old one. Give another."))
    _rewrap(database, old, new)
    if file is not None:
        _replace(following(file), file)
    return finish(database, new, step, rows)


def finish(
    database: Database,
    master: MasterKey,
    step: Callable[[int], None] | None = None,
    rows: int = 10_000,
) -> Rotation:
    """Move all persons' keys to the latest generation and remove the older ones.

    Raises
    ------
    VaultError
        If the master key is not the one in force.
    """
    audit = Audit(KeyRing(database, master))
    with database.reading() as session:
        keys = _opened(session, master)
    persons = {generation: key for (name, generation), key in keys.items() if name == PERSONS}
    latest, moved, after = max(persons), 0, -1
    while batch := _move(database, persons, latest, after, rows):
        moved, after = moved + len(batch), batch[-1]
        if step is not None:
            step(moved)
    behind = select(func.count()).select_from(PersonKey).where(PersonKey.generation < latest)
    with database.writing() as session:  # holds off whoever would add somebody
        with database.reading_keys() as held:
            left = held.scalar(behind)
        if not left:  # a process of before may have added somebody: the next call moves them
            older = delete(DataKey).where(DataKey.name == PERSONS, DataKey.generation < latest)
            session.execute(older)
            audit.record(session, "key_rotated", details={"generation": latest, "moved": moved})
    return finish(database, master, step, rows) if left else Rotation(latest, moved)


def _rewrap(database: Database, old: MasterKey, new: MasterKey) -> None:
    audit = Audit(KeyRing(database, old))
    wrapper = new.derive(_WRAP)
    with database.writing() as session:
        keys = _opened(session, old)
        latest = 1 + max(generation for name, generation in keys if name == PERSONS)
        session.execute(delete(DataKey))
        keys[PERSONS, latest] = secrets.token_bytes(KEY_BYTES)
        for (name, generation), key in keys.items():
            stored = wrapped(wrapper, key, f"{name}|{generation}")
            session.add(DataKey(name=name, generation=generation, wrapped=stored, master=new.id))
        details = {"generation": latest, "from": old.id, "to": new.id}
        audit.record(session, "key_rotation", details=details)


def _opened(session: Session, master: MasterKey) -> dict[tuple[str, int], bytes]:
    rows = session.scalars(select(DataKey).with_for_update()).all()
    wrapper = master.derive(_WRAP)
    return {
        (row.name, row.generation): unwrapped(wrapper, row.wrapped, f"{row.name}|{row.generation}")
        for row in rows
    }


def _move(
    database: Database, persons: dict[int, bytes], latest: int, after: int, rows: int
) -> list[int]:
    """Move one batch of persons' keys; return whose."""
    change = (
        update(PersonKey)
        .where(PersonKey.customer == bindparam("who"), PersonKey.generation == bindparam("from"))
        .values(key=bindparam("new"), generation=latest)
    )
    with database.writing_keys() as session:
        found = session.execute(
            select(PersonKey.customer, PersonKey.key, PersonKey.generation)
            .where(PersonKey.customer > after, PersonKey.generation < latest)
            .order_by(PersonKey.customer)
            .limit(rows)
        ).all()
        moved = []
        for customer, stored, generation in found:
            bound = f"{customer}|key"
            key = unwrapped(persons[generation], stored, bound)
            moved.append({"who": customer, "from": generation,
                          "new": wrapped(persons[latest], key, bound)})  # fmt: skip
        if moved:
            session.connection().execute(change, moved)
        return [row.customer for row in found]


def _replace(coming: Path, file: Path) -> None:
    with suppress(FileNotFoundError):  # another process was first to settle it
        coming.replace(file)
    disk.sync(file.parent)
