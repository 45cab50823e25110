"""What the stages of a run hand on to each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from habitue.columns import RESULTS
from habitue.config import Config
from habitue.engines import Engine
from habitue.prepare import clean
from habitue.prepare.category_edits import Edits
from habitue.prepare.footers import Import
from habitue.prepare.internal import Internal
from habitue.prepare.store import Store

if TYPE_CHECKING:  # slow to import, and not needed before it is used
    from habitue.recommend import Matrix

__all__ = ["Work"]


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
    learning: Callable[[], Any] = field(default=lambda: None)
    imports: dict[str, list[Import]] = field(default_factory=dict)
    tables: dict[str, pa.Table] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    choices: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def matrix(self) -> Matrix:
        """Who dealt with what, as of the run."""
        from habitue.recommend import Matrix

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
