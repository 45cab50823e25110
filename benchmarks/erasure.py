"""Erases people from a shop in which they stand in every form, and looks for them everywhere.

A sample shop gets canaries: people whose identifiers are like nobody else's (e-mail addresses,
telephone numbers in several ways of writing, names in Latin letters and Chinese, handles, their
hashes as platforms use them). They buy, look and comment; others write of them; exports hold them
under hashed numbers too. Everything that a shop does is done: imports of several formats, consents,
web events, a run with its report, an export of one person's data inside the shop.

Before and after the erasure every file is decoded (SQLite with its log, Parquet, JSON, HTML, CSV,
gzip) and looked through for every form, also in UTF-16, hexadecimal, base64, URL and JSON escapes.
A back-up made before (all but the persons' keys, as the manual says) is restored with the keys of
after: it must be readable for others and for none of the erased.

    python -m benchmarks.erasure --people 50 --seed 1

prints one JSON object last.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import json
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.protect.places import PlacesThatHold, contents

from habitue import Shop
from habitue.collect.demo import write_shop

__all__ = ["main"]

_FAMILIES = "欧阳 上官 司徒 诸葛 夏侯 慕容".split()
_GIVEN = "晓蕾 子墨 梓轩 雨桐 浩然 思远 佳怡 俊杰".split()


@dataclass(frozen=True)
class Canary:
    """A person to be erased, and how others may write their identifiers."""

    number: int
    email: str
    phone: str
    name: str
    chinese: str
    handle: str
    login: str

    @property
    def forms(self) -> list[str]:
        """Every form that must be gone."""
        national = f"0{self.phone[3:]}"
        plain = [
            self.email,
            self.phone,
            self.phone[1:],
            national,
            f"{national[:5]} {national[5:8]} {national[8:]}",
            f"{national[:5]}-{national[5:]}",
            self.name,
            self.chinese,
            self.handle,
            self.login,
        ]
        hashed = []
        for value in (self.email, self.phone, self.phone[1:]):
            for kind in ("md5", "sha1", "sha256"):
                digest = hashlib.new(kind, value.encode()).digest()
                hashed += [digest.hex(), base64.b64encode(digest).decode()]
        return plain + hashed

    @property
    def sha256(self) -> str:
        """The hash of the e-mail address, as platforms use it."""
        return hashlib.sha256(self.email.encode()).hexdigest()


def canaries(people: int, seed: int) -> list[Canary]:
    """Return people whose identifiers are like nobody else's."""
    rng = random.Random(seed)
    made = []
    for n in range(people):
        mark = "".join(rng.choices("bcdfghjklmnpqrstvwxz", k=8))
        made.append(
            Canary(
                n,
                f"{mark}.{n}@canary.example",
                f"+447{rng.randrange(100, 900)}{n * 7919 % 1_000_000:06d}",
                f"Kanari{mark.title()} Probe{n}",
                rng.choice(_FAMILIES) + rng.choice(_GIVEN) + chr(0x9F00 + n % 150),
                f"kanari_{mark}_{n}",
                f"LOGIN-{mark}-{n}",
            )
        )
    return made


def exports(folder: Path, people: list[Canary], seed: int) -> None:
    """Write exports in which the canaries stand in every form."""
    rng = random.Random(seed)
    day = datetime(2025, 3, 1)
    folder.mkdir()
    orders: list[dict[str, Any]] = []
    comments: list[dict[str, Any]] = []
    views: list[dict[str, Any]] = []
    hashed: list[dict[str, Any]] = []
    for who in people:
        for n in range(4):
            time_ = day + timedelta(days=rng.randrange(200), hours=rng.randrange(24))
            orders.append(
                {
                    "order id": f"CAN{who.number}-{n}",
                    "order date": time_.isoformat(" "),
                    "sku": f"C{rng.randrange(40)}",
                    "title": f"Canary thing {rng.randrange(40)}",
                    "quantity": 1 + n % 2,
                    "price": "7.50",
                    "customer id": who.login,
                    "email": who.email if n % 2 else who.email.upper(),
                    "phone": who.phone if n % 3 else f"0{who.phone[3:7]} {who.phone[7:]}",
                    "name": who.name if n < 2 else who.chinese,
                }
            )
            views.append(
                {
                    "event_id": f"cv{who.number}-{n}",
                    "timestamp": time_.isoformat(),
                    "item_id": f"C{rng.randrange(40)}",
                    "event": "view",
                    "customer_id": who.login,
                    "agent": f"Mozilla/5.0 (for {who.email})",
                }
            )
        hashed.append(
            {
                "order id": f"CANH{who.number}",
                "order date": "2025-08-02 10:00",
                "sku": "C1",
                "title": "Canary thing 1",
                "quantity": 1,
                "price": "3.00",
                "customer id": who.sha256,
                "email": who.email,
                "phone": "",
                "name": "",
            }
        )
        other = people[(who.number + 1) % len(people)] if len(people) > 1 else who
        said = [
            (who, f"I am {who.name}, write to {who.email}"),
            (None, f"ask {who.chinese} or @{who.handle}, tel 0{who.phone[3:7]}-{who.phone[7:]}"),
            (None, f"hash {who.sha256} of {who.email.upper()}"),
            (other, f"{who.name} told me; call {who.phone} ({who.login})"),
        ]
        for n, (writer, text) in enumerate(said):
            comments.append(
                {
                    "comment_id": f"cc{who.number}-{n}",
                    "date": "2025-05-05",
                    "text": text,
                    "email": writer.email if writer else f"public{n}@others.example",
                    "handle": writer.handle if writer else "",
                }
            )
    for name, rows in (("orders", orders), ("hashed", hashed), ("comments", comments)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer_ = csv.DictWriter(file, rows[0].keys())
            writer_.writeheader()
            writer_.writerows(rows)
            if name == "orders":  # a broken row that must not carry a name into the rejects
                file.write(f"CANX,not a date,{people[0].email},x,1,{people[0].name},,,,\n")
    lines = [json.dumps(row) for row in views]
    (folder / "views.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def fill(shop: Shop, folder: Path, people: list[Canary], seed: int) -> None:
    """Do everything that a shop does with its people."""
    write_shop(folder, customers=400, seed=seed)
    exports(folder / "canaries", people, seed)
    shop.import_files([folder / "exports"])
    shop.import_files([folder / "canaries"])
    for who in people:
        shop.consents.grant(who.email, "marketing", "email", source=f"form of {who.name}")
    collector = shop.collector()
    try:
        for who in people:
            traits = {"email": who.email, "name": who.chinese, "phone": who.phone}
            call = {"userId": who.login, "traits": traits}
            stored = threading.Event()
            collector.take(call, "identify", partial(_told, stored))
            stored.wait()
    finally:
        collector.close()
    shop.run()


def _told(stored: threading.Event, _error: OSError | None) -> None:
    stored.set()


def main() -> None:
    """Erase the canaries and print what was found before and after."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    people = canaries(options.people, options.seed)
    with tempfile.TemporaryDirectory() as name:
        print(json.dumps(_measured(Path(name), people, options.seed)))


def _measured(folder: Path, people: list[Canary], seed: int) -> dict[str, Any]:
    shop = Shop.create(folder / "shop")
    fill(shop, folder, people, seed)
    shop = Shop.open(shop.folder)
    before = _looked_through(shop.folder, people)
    backup = folder / "backup"
    kept_apart = shutil.ignore_patterns("keys.db*", "master.key")
    shutil.copytree(shop.folder, backup, ignore=kept_apart)
    pseudonyms = [shop.find(who.email) for who in people]
    others = [c for c in shop.records("purchases")["customer"] if c is not None]
    spared = sorted(set(others) - set(pseudonyms))[:50]
    readable = len(Shop.open(shop.folder).reveal(pseudonyms, "email"))
    started = time.perf_counter()
    entry = shop.privacy.erase([who.email for who in people])
    seconds = time.perf_counter() - started
    after = _looked_through(shop.folder, people)
    for path in (folder / "canaries").iterdir():  # another export with the same people
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    again = Shop.open(shop.folder).import_files([folder / "canaries"])
    back = _looked_through(shop.folder, people)
    for key in ("keys.db", "master.key"):
        shutil.copy(shop.folder / "state" / key, backup / "state" / key)
    restored = Shop.open(backup)
    return {
        "people": len(people),
        "forms": sum(len(who.forms) for who in people),
        "files": after["files"],
        "megabytes": after["megabytes"],
        "hits_before": before["hits"],
        "hits_after": after["hits"],
        "held_after": after["held"],
        "receipt": entry.receipt,
        "seconds": round(seconds, 2),
        "reimport": {"erased_person": sum(r.reasons.get("erased_person", 0) for r in again),
                     "hits": back["hits"]},
        "backup": {
            "readable_before": readable,
            "readable_after": len(restored.vault.reveal(pseudonyms, "email")),
            "others_readable": len(restored.vault.reveal(spared, "email")) > 0,
        },
    }  # fmt: skip


def _looked_through(folder: Path, people: list[Canary]) -> dict[str, Any]:
    """Decode every file once and count the forms of people that stand in it."""
    wanted = PlacesThatHold([form for who in people for form in who.forms])
    hits, held, size, files = 0, [], 0, 0
    for path in _files(folder):
        files += 1
        size += path.stat().st_size
        whole = b"\0".join(contents(path))
        found = sum(form in whole for form in wanted.forms)
        if found:
            hits += found
            held.append(str(path.relative_to(folder)))
    return {"files": files, "megabytes": round(size / 1e6, 2), "hits": hits, "held": sorted(held)}


def _files(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
