"""The loop's stages in their order, each from tables to tables; the only file that knows the order.

collect → prepare → analyse → recommend → loyalty → evaluate → report
"""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import pyarrow as pa
from threadpoolctl import threadpool_limits

from habitue.columns import RECORDS
from habitue.config import Config
from habitue.engines import DuckDBEngine, Engine, time_literal
from habitue.errors import NotEnoughDataError
from habitue.locale import _, current
from habitue.prepare import clean, objections, sessions, visits, voices
from habitue.prepare.catalogue import catalogue, describe, mark_repeatable, services
from habitue.prepare.category_edits import Edits
from habitue.prepare.category_tree import in_force
from habitue.prepare.footers import imports
from habitue.prepare.identity import identities, named, number
from habitue.prepare.interactions import interactions, repeatable
from habitue.prepare.internal import Internal
from habitue.prepare.quality import quality, reading
from habitue.prepare.store import Store
from habitue.prepare.summary import latest_purchase, main_currency, monthly, summary
from habitue.progress import Progress, Silent, running
from habitue.protect.audit import Audit
from habitue.protect.ledger import Ledger
from habitue.state import Database
from habitue.state.runs import Draft, PublishedRun, Runs
from habitue.wording.stages import stage_title
from habitue.work import Work

__all__ = ["STAGES", "run_loop"]

_LIBRARIES = ("habitue", "duckdb", "numpy", "pyarrow", "scikit-learn", "scipy")


_PREPARATORY = (
    "selected", "visits", "voices", "described", "products", "people", "numbered", "linked",
)  # fmt: skip


def prepare(work: Work) -> None:
    """From records to sales, views, comments and a catalogue; every row accounted for."""
    engine, settings = work.engine, work.config.prepare
    describe(engine)
    services(engine, settings.service_items)
    clean.select(engine, work.as_of, work.currency, settings.rates)
    clean.net(engine)
    work.present()
    visits.select(engine, work.as_of, work.own.people, work.own.agents)
    voices.select(engine, work.as_of)
    work.learning()  # the catalogue's topics need it too
    catalogue(engine, settings.categories, work.config.run.seed, work.tree, work.edits)
    work.keep("catalogue", mark_repeatable(engine, repeatable(engine, work.as_of)))
    work.keep(
        "accounting",
        pa.concat_tables(
            [reading(work.imports), *(part.accounting(engine) for part in (clean, visits, voices))]
        ),
    )
    work.keep("quality", quality(engine, work.imports, work.as_of))
    work.keep(
        "interactions",
        interactions(engine, work.as_of, settings.cart_weight, settings.view_weight),
    )
    work.keep("monthly", monthly(engine))
    work.summary = {
        "shop": work.config.shop.name,
        "language": work.language,
        "as_of": work.as_of.isoformat(),
        "currency": work.currency,
        "horizon_days": work.config.run.horizon_days,
        "min_group": work.config.protect.min_group,
        **summary(engine),
        "visits": sessions.figures(engine),
        "notes": [],
    }
    for step in _PREPARATORY:  # large, and nobody reads them from here on
        engine.drop(step)


#: The stages after collecting, in their order.
STAGES = ("prepare", "analyse", "listen", "evaluate", "recommend", "loyalty")


def run_loop(
    store: Store,
    database: Database,
    runs: Runs,
    config: Config,
    spill: Path,
    as_of: datetime | None = None,
    progress: Progress | None = None,
    edits: Edits | None = None,
    audit: Audit | None = None,
    own: Internal | None = None,
) -> PublishedRun:
    """Run the loop on a shop's records and publish the results.

    Parameters
    ----------
    store, database, runs
        The shop's records, state and runs.
    config : Config
        The shop's settings.
    spill : Path
        Where the engine may spill to disk.
    as_of : datetime, optional
        The cut-off: nothing at or after it is looked at. Just after the latest purchase if left
        out.
    progress : Progress, optional
        Told which stage is at work.
    edits : Edits, optional
        What a person has said of categories.
    audit : Audit, optional
        Where the run is logged, just before it is published.
    own : Internal, optional
        The company's own people and user agents.

    Raises
    ------
    NotEnoughDataError
        If there is no purchase before the cut-off.
    """
    spill.mkdir(parents=True, exist_ok=True)
    progress = progress or Silent()
    with (
        _learning() as learning,
        DuckDBEngine(config.run.memory_limit, spill, config.run.threads or None) as engine,
        running(progress, _("Running the loop"), len(STAGES) + 2),
    ):
        work = _open(engine, store, database, config, as_of)
        work.tree, work.edits = in_force(runs, config.prepare), edits
        work.own, work.learning = own or Internal(), learning
        work.imports = imports(database, store)
        seconds = _stages(work, progress)
        draft = _drafted(work, runs, progress, seconds)
        if audit is not None:
            audit.note("run", details={"run": draft.id, "customers": work.tables["rfm"].num_rows})
        published = draft.publish()
    runs.prune(config.run.keep)
    return published


def _stages(work: Work, progress: Progress) -> dict[str, float]:
    """Do all stages; return how many seconds each took."""
    seconds: dict[str, float] = {}
    for key in STAGES:
        progress.step(stage_title(key))
        started = time.perf_counter()
        stage = prepare if key == "prepare" else work.learning().LEARNING[key]
        stage(work)
        seconds[key] = time.perf_counter() - started
    return seconds


@contextmanager
def _learning() -> Iterator[Callable[[], ModuleType]]:
    """Load what learns beside the preparing of records, which takes as long; give it when asked.

    Many small systems of equations are solved: threads of BLAS would only wait for each other.
    A library's threads can be limited once it is loaded.
    """
    with ThreadPoolExecutor(1) as pool, ExitStack() as limits:

        def load() -> ModuleType:
            module = import_module("habitue.stages")
            limits.enter_context(threadpool_limits(1, user_api="blas"))
            return module

        yield pool.submit(load).result


def _drafted(work: Work, runs: Runs, progress: Progress, seconds: dict[str, float]) -> Draft:
    """Write the results beside the runs, to be published."""
    from habitue.stages import conclude, report

    conclude(work)
    draft = runs.draft()
    work.summary["run"] = draft.id
    progress.step(stage_title("report"))
    started = time.perf_counter()
    draft.text("report.html", report(work))
    seconds["report"] = time.perf_counter() - started
    progress.step(stage_title("publish"))
    _write(work, draft, seconds)
    return draft


def _open(
    engine: Engine, store: Store, database: Database, config: Config, as_of: datetime | None
) -> Work:
    for table in RECORDS:
        store.read(engine, table)
    if as_of is None:
        latest = latest_purchase(engine)
        as_of = latest + timedelta(microseconds=1) if latest else datetime.now(UTC)
    bought = engine.query(f"SELECT count(*) AS n FROM purchases WHERE time < {time_literal(as_of)}")
    if bought["n"][0].as_py() == 0:
        text = _("There are no purchases before {time:%Y-%m-%d}. Import some: habitue import FILE")
        raise NotEnoughDataError(text.format(time=as_of))
    currency = config.shop.currency or main_currency(engine)
    known = identities(database, handles=config.identity.handles)
    links = known.filter(known["person"].is_valid())
    ledger = Ledger(database, config.consent.double_opt_in)
    objected = objections.hide(engine, ledger.objectors(links), links)
    numbered = number(engine, known, as_of)
    language = config.shop.language or current()
    return Work(engine, store, config, as_of, currency, language, numbered, objected)


def _write(work: Work, draft: Draft, seconds: Mapping[str, float]) -> None:
    for name, table in work.tables.items():
        draft.table(name, named(table, work.numbered))
    draft.json("summary.json", work.summary)
    batches = sorted(path.stem for name in RECORDS for path in work.store.paths(name))
    draft.json(
        "manifest.json",
        {
            "run": draft.id,
            "created": datetime.now(UTC).isoformat(),
            "as_of": work.as_of.isoformat(),
            "data": {
                "batches": batches,
                "fingerprint": hashlib.sha256("\n".join(batches).encode()).hexdigest(),
            },
            "config": work.config.model_dump(mode="json", exclude={"prepare": {"internal"}}),
            "seed": work.config.run.seed,
            "versions": {name: version(name) for name in _LIBRARIES}
            | {"python": platform.python_version()},
            "chosen": {
                task: {"model": choice.chosen, "why": choice.why}
                for task, choice in work.choices.items()
                if task != "segments"
            },
            "stages": [{"stage": name, "seconds": round(s, 3)} for name, s in seconds.items()],
            "tables": {name: table.num_rows for name, table in work.tables.items()},
        },
    )
