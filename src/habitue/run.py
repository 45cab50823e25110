"""The loop's stages in their order, each from tables to tables; the only file that knows the order.

collect → prepare → analyse → recommend → loyalty → evaluate → report
"""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
from threadpoolctl import threadpool_limits

from habitue.analyse.interests import interests
from habitue.analyse.rfm import rfm
from habitue.analyse.rules import mine
from habitue.analyse.rules.people import of_many
from habitue.analyse.segments import segment
from habitue.columns import RECORDS, RESULTS
from habitue.config import Config
from habitue.engines import DuckDBEngine, Engine, time_literal
from habitue.errors import NotEnoughDataError
from habitue.evaluate import recommenders, repurchase
from habitue.findings import findings, notes, thin
from habitue.locale import _, current
from habitue.loyalty.score import loyalty_table
from habitue.loyalty.sentiment import score_comments
from habitue.prepare import clean, objections, sessions, visits, voices
from habitue.prepare.catalogue import catalogue, describe, mark_repeatable, services
from habitue.prepare.category_edits import Edits
from habitue.prepare.category_tree import in_force
from habitue.prepare.footers import Import, imports
from habitue.prepare.identity import identities, named, number
from habitue.prepare.interactions import interactions, repeatable
from habitue.prepare.internal import Internal
from habitue.prepare.quality import quality, reading
from habitue.prepare.store import Store
from habitue.prepare.summary import latest_purchase, main_currency, monthly, summary
from habitue.progress import Progress, Silent, running
from habitue.protect.audit import Audit
from habitue.protect.ledger import Ledger
from habitue.recommend import Matrix, recommend
from habitue.recommend.offers import offers
from habitue.report import build
from habitue.report.results import Results
from habitue.state import Database
from habitue.state.runs import Draft, PublishedRun, Runs
from habitue.wording.stages import stage_title

__all__ = ["STAGES", "run_loop"]

_LIBRARIES = ("habitue", "duckdb", "numpy", "pyarrow", "scikit-learn", "scipy")


@dataclass
class Work:
    """What the stages hand on to each other."""

    engine: Engine
    store: Store
    config: Config
    as_of: datetime
    currency: str
    language: str
    numbered: pa.Table
    objected: int = 0
    tree: pa.Table | None = None
    edits: Edits | None = None
    own: Internal = field(default_factory=Internal)
    imports: dict[str, list[Import]] = field(default_factory=dict)
    tables: dict[str, pa.Table] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    choices: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def matrix(self) -> Matrix:
        """Who dealt with what, as of the run."""
        return Matrix.of(self.tables["interactions"], self.tables["catalogue"], self.as_of)

    @property
    def horizon(self) -> timedelta:
        """The time over which the future is judged."""
        return timedelta(days=self.config.run.horizon_days)

    def keep(self, name: str, table: pa.Table) -> None:
        """Put a table among the results, and make it known to the engine."""
        self.tables[name] = table.cast(RESULTS[name].schema) if name in RESULTS else table
        self.engine.register(name, self.tables[name])

    def backtest(self) -> None:
        """Make ``sales`` what was known at each cut-off of a backtest."""
        cuts = [self.as_of - n * self.horizon for n in range(1, 5)]
        self.engine.create("sales", clean.known_sales(self.as_of, self.currency, cuts))

    def present(self) -> None:
        """Make ``sales`` what is known as of the run."""
        self.engine.create("sales", clean.known_sales(self.as_of, self.currency))


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


def analyse(work: Work) -> None:
    """Who the customers are and what is bought together."""
    engine, config = work.engine, work.config
    work.keep("rfm", rfm(engine, work.as_of))
    work.keep("interests", interests(engine, work.as_of))
    with ThreadPoolExecutor(1) as pool:  # neither keeps all cores at work by itself
        bundles = pool.submit(
            mine,
            engine,
            work.as_of,
            min_support=config.rules.min_support,
            min_confidence=config.rules.min_confidence,
            max_length=config.rules.max_length,
        )
        found = segment(
            engine,
            work.as_of,
            max_segments=config.segments.max_segments,
            bootstraps=config.segments.bootstraps,
            seed=config.run.seed,
        )
        rules = bundles.result()
    work.keep("segments", found.segments)
    work.keep("members", found.members)
    work.keep("segment_choice", found.choice)
    work.choices["segments"] = found
    work.keep("rules", of_many(engine, rules, work.as_of, config.protect.min_group))


def listen(work: Work) -> None:
    """What the comments say. Learnt only from comments before the backtest's cut-off."""
    scored = score_comments(work.engine, work.as_of - 2 * work.horizon, work.config.run.seed)
    work.keep("sentiment", scored)


def judge(work: Work) -> None:
    """Measure every model through time and by folds, and choose."""
    config = work.config
    work.backtest()
    horizon, folds, seed = config.run.horizon_days, config.recommend.folds, config.run.seed
    with ThreadPoolExecutor(2) as pool:  # neither keeps all cores at work by itself
        later = pool.submit(
            repurchase.compare, work.engine, work.as_of, horizon, folds=folds, seed=seed
        )
        taste = recommenders.compare(
            work.engine,
            work.as_of,
            horizon_days=horizon,
            folds=folds,
            seed=seed,
            cart_weight=config.prepare.cart_weight,
            view_weight=config.prepare.view_weight,
            matrix=work.matrix,
        )
        again = later.result()
    work.present()
    work.choices |= {"recommend": taste, "repurchase": again}
    work.summary["horizon_days"] = again.horizon_days
    work.keep("evaluation", pa.concat_tables([taste.table, again.table]))
    if again.reliability is not None:
        work.keep("reliability", again.reliability)


def decide(work: Work) -> None:
    """What to recommend to whom, by the chosen model, with reasons."""
    chosen = work.choices["recommend"]
    work.keep(
        "recommendations",
        recommend(
            work.engine,
            chosen.model,
            work.as_of,
            n=work.config.recommend.n,
            matrix=work.matrix,
        ),
    )
    work.keep("offers", offers(work.engine))


def value(work: Work) -> None:
    """How loyal each customer is, and why."""
    work.keep(
        "loyalty",
        loyalty_table(
            work.engine, work.as_of, work.config.run.horizon_days, work.choices["repurchase"]
        ),
    )


#: The stages after collecting, in their order.
STAGES: tuple[tuple[str, Callable[[Work], None]], ...] = (
    ("prepare", prepare),
    ("analyse", analyse),
    ("listen", listen),
    ("evaluate", judge),
    ("recommend", decide),
    ("loyalty", value),
)


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
        # Many small systems of equations: threads of BLAS would only wait for each other.
        threadpool_limits(1, user_api="blas"),
        DuckDBEngine(config.run.memory_limit, spill, config.run.threads or None) as engine,
        running(progress, _("Running the loop"), len(STAGES) + 2),
    ):
        work = _open(engine, store, database, config, as_of)
        work.tree, work.edits = in_force(runs, config.prepare), edits
        work.own = own or Internal()
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
    for key, stage in STAGES:
        progress.step(stage_title(key))
        started = time.perf_counter()
        stage(work)
        seconds[key] = time.perf_counter() - started
    return seconds


def _drafted(work: Work, runs: Runs, progress: Progress, seconds: dict[str, float]) -> Draft:
    """Write the results beside the runs, to be published."""
    work.summary["findings"] = findings(work.tables, work.summary)
    work.summary["notes"] = notes(
        work.tables,
        work.summary,
        work.choices["segments"].note,
        work.choices["repurchase"].why,
    ) + objections.note(work.objected, work.config.protect.min_group)
    needed = thin(work.tables, work.summary, work.choices["repurchase"].why)
    work.keep("quality", pa.concat_tables([work.tables["quality"], needed]))
    draft = runs.draft()
    work.summary["run"] = draft.id
    progress.step(stage_title("report"))
    started = time.perf_counter()
    draft.text("report.html", build(Results(tables=work.tables, summary=work.summary)))
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
