"""The stages that learn: from what was prepared to results, each a function of the work.

They stand apart from ``run`` because what they need takes as long to load as the records take to
prepare: a run does both at once.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

from habitue.analyse.interests import interests
from habitue.analyse.rfm import rfm
from habitue.analyse.rules import mine
from habitue.analyse.rules.people import of_many
from habitue.analyse.segments import segment
from habitue.evaluate import recommenders, repurchase
from habitue.findings import findings, notes, thin
from habitue.loyalty.score import loyalty_table
from habitue.loyalty.sentiment import score_comments
from habitue.prepare import objections
from habitue.recommend import recommend
from habitue.recommend.offers import offers
from habitue.report import build
from habitue.report.results import Results
from habitue.work import Work

__all__ = ["LEARNING", "conclude", "report"]


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


#: The stages by name.
LEARNING: dict[str, Callable[[Work], None]] = {
    "analyse": analyse,
    "listen": listen,
    "evaluate": judge,
    "recommend": decide,
    "loyalty": value,
}


def conclude(work: Work) -> None:
    """Put what is worth knowing, and what was too thin, into the summary."""
    why = work.choices["repurchase"].why
    work.summary["findings"] = findings(work.tables, work.summary)
    learnt = notes(work.tables, work.summary, work.choices["segments"].note, why)
    work.summary["notes"] = learnt + objections.note(work.objected, work.config.protect.min_group)
    needed = thin(work.tables, work.summary, why)
    work.keep("quality", pa.concat_tables([work.tables["quality"], needed]))


def report(work: Work) -> str:
    """Return the report as a page."""
    return build(Results(tables=work.tables, summary=work.summary))
