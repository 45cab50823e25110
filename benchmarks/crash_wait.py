"""Who waits for whom: readers for nobody, writers for the one that writes.

While an import holds the shop, another process reads it again and again, and a third wants to
write: it says whom it waits for, and is done once the import is.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from benchmarks.crash_acts import Child, command
from benchmarks.crash_world import SETTINGS, World

__all__ = ["waits"]


def waits(place: Path, seed: int, rows: int = 100_000) -> dict[str, Any]:
    """Return how long readers took with and without an import, and what a second writer said."""
    world, shop = World(f"{seed} waits", place / "exports"), place / "shop"
    shop.mkdir(parents=True)
    (shop / "habitue.toml").write_text(SETTINGS, encoding="utf-8")
    common = ["--shop", str(shop), "--json"]
    Child.of(command([*common, "import", str(world.export(0))]), place / "first").wait()
    idle = _reading(shop, place, until=0.0)
    large = _large(place / "large.csv", rows)
    begun = time.monotonic()
    importing = Child.of(command([*common, "import", str(large)]), place / "imported")
    while not _held(shop, importing):
        time.sleep(0.01)
    second = Child.of(command([*common, "import", str(world.export(1))]), place / "second")
    busy = _reading(shop, place, until=1e9, beside=importing)
    importing.wait()
    lasted = time.monotonic() - begun
    second.wait()
    said = str(importing.process) in second.complaint()
    return {
        "import_seconds": round(lasted, 1),
        "readings": len(busy),
        "reader_ms_alone": round(1000 * max(idle)),
        "reader_ms_during_import": round(1000 * max(busy)),
        "second_writer_names_the_first": said,
        "second_writer_done": second.told is not None,
    }


def _held(shop: Path, importing: Child) -> bool:
    if importing.wait(0):
        raise RuntimeError(f"the import ended at once: {importing.complaint()}")
    return (shop / "state" / "lock").read_text().strip() == str(importing.process)


def _reading(shop: Path, place: Path, until: float, beside: Child | None = None) -> list[float]:
    """Read the shop some times, and on while another process works; return the seconds of each."""
    flag, out = place / "stop", place / "readings"
    flag.unlink(missing_ok=True)

    def work() -> int:
        from habitue.shop import Shop

        deadline = time.monotonic() + until
        times: list[float] = []
        while len(times) < 5 or (time.monotonic() < deadline and not flag.exists()):
            begun = time.perf_counter()
            found = Shop.open(shop)
            found.inventory()
            found.consents.state(found.find("canary1@mail.example"))
            times.append(time.perf_counter() - begun)
        out.write_text(json.dumps(times[1:]), encoding="ascii")  # the first one loads modules
        return 0

    reader = Child.of(work, place / "reader")
    if beside is not None:
        beside.wait()
        flag.touch()
    reader.wait()
    found: list[float] = json.loads(out.read_text(encoding="ascii"))
    return found


def _large(path: Path, rows: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write("Order,Date,SKU,Title,Qty,Price,Email\n")
        for n in range(rows):
            who, day = f"b{n % 20000}@mail.example", f"2025-03-{1 + n % 28:02d}"
            file.write(f"L{n},{day},S{n % 8},Mug,1,4.50,{who}\n")
    return path
