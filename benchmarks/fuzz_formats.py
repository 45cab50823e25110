"""Breaks exports in every way that files break, and sees that reading them never goes wrong.

``python -m benchmarks.fuzz_formats --format shopify --runs 100000 --seed 1`` damages samples of
one format (or of ``all``) and reads them as an import does. A run is good if the file is read, or
refused with an error that Habitué raises on purpose, within 20 seconds, and each row that was read
became a record or was set aside. With ``--atheris`` the damage is guided by what code it
reaches (needs the package ``atheris``).
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import FrameType

from tests.contracts.export_format import imported
from tests.samples.base import generators
from tests.samples.damage import damaged

from habitue.errors import HabitueError

__all__ = ["main"]

_SECONDS = 20  # of the processor: others may use the machine
_STUCK = 600  # of the clock
_KEPT = 20  # failures that are shown


class _Hang(BaseException):
    """Raised in a run that takes too long."""


class Fuzz:
    """Runs, and what came of them."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "broken"
        self.strict = False
        self.found: Counter[str] = Counter()
        self.failures: list[dict[str, object]] = []

    def run(self, data: bytes, label: str) -> None:
        """Read one broken file."""
        self.path.write_bytes(data)
        signal.setitimer(signal.ITIMER_PROF, _SECONDS)
        signal.alarm(_STUCK)
        try:
            got = imported(self.path)
            outcome = "read" if got.kept_lines == got.read_lines else "LOST ROWS"
        except HabitueError:
            outcome = "refused"
        except _Hang:
            outcome = "HANG"
        except BaseException as error:  # a panic of a library in Rust is no Exception
            if self.strict or isinstance(error, KeyboardInterrupt):
                raise
            outcome = "CRASH " + _where(error)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.alarm(0)
        self.found[outcome] += 1
        if outcome.isupper() or outcome.startswith(("CRASH", "LOST")):
            self._keep(outcome, data, label)

    def _keep(self, outcome: str, data: bytes, label: str) -> None:
        if self.found[outcome] > 1 or len(self.failures) >= _KEPT:
            return
        self.failures.append({"outcome": outcome, "label": label, "bytes": len(data)})
        sys.stderr.write(f"{outcome}: {label}\n")


def _where(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"


def _alarm(_signal: int, _frame: FrameType | None) -> None:
    raise _Hang


def seeds(name: str, folder: Path) -> list[bytes]:
    """Return small samples of a format's variants as bytes."""
    module = generators()[name]
    result = []
    for number, variant in enumerate(module.VARIANTS):
        place = folder / f"{name}-{number}"
        place.mkdir()
        path = module.write(place, variant, 1, 5).path
        if path.is_file():
            result.append(path.read_bytes())
    return result


def main() -> None:
    """Run the fuzzer and print what it found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--format", default="all", choices=["all", *generators()])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--atheris", action="store_true")
    parser.add_argument("--replay", help="the label of a failure: run it alone, and let it fail")
    given = parser.parse_args()
    signal.signal(signal.SIGALRM, _alarm)
    signal.signal(signal.SIGPROF, _alarm)
    with tempfile.TemporaryDirectory() as folder:
        names = list(generators()) if given.format == "all" else [given.format]
        corpus = {name: data for name in names if (data := seeds(name, Path(folder)))}
        fuzz = Fuzz(Path(folder))
        start, cpu = time.perf_counter(), time.process_time()
        random = Random(given.seed)

        def once(bits: bytes) -> None:
            choice = Random(bits)
            name = choice.choice(sorted(corpus))
            fuzz.run(damaged(choice.choice(corpus[name]), choice), f"{name} {bits.hex()}")

        if given.replay:
            fuzz.strict = True
            once(bytes.fromhex(given.replay.split()[-1]))
        elif given.atheris:
            _guided(once, given.runs, given.seed)
        else:
            for _n in range(given.runs):
                once(random.randbytes(8))
        bad = {k: n for k, n in fuzz.found.items() if k not in ("read", "refused")}
        print(
            json.dumps(
                {
                    "formats": sorted(corpus),
                    "runs": sum(fuzz.found.values()),
                    "seed": given.seed,
                    "outcomes": dict(fuzz.found),
                    "bad": sum(bad.values()),
                    "failures": fuzz.failures,
                    "seconds": round(time.perf_counter() - start, 1),
                    "cpu_seconds": round(time.process_time() - cpu, 1),
                    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                },
                ensure_ascii=False,
            )
        )


def _guided(once: Callable[[bytes], None], runs: int, seed: int) -> None:
    import atheris  # type: ignore[import-untyped, import-not-found, unused-ignore]

    atheris.instrument_all()
    atheris.Setup([sys.argv[0], f"-runs={runs}", f"-seed={seed}", "-max_len=64"], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
