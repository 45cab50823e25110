"""The results of the run in force, a table each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from habitue.errors import UsageError
from habitue.locale import _
from habitue.shop.parts import Parts

if TYPE_CHECKING:
    import pyarrow as pa

    from habitue.frame import Frame
    from habitue.state.runs import PublishedRun

__all__ = ["Results"]


class Results(Parts):
    """What the latest run found."""

    @property
    def current(self) -> PublishedRun:
        """The run in force."""
        return self._runs.current()

    @property
    def summary(self) -> dict[str, Any]:
        """The figures and findings of the run in force."""
        return self.current.summary

    def table(self, name: str) -> Frame:
        """Return one table of the run in force, by its name in ``habitue.columns.RESULTS``."""
        from habitue.columns import RESULTS
        from habitue.frame import Frame

        if name not in RESULTS:
            text = _("There is no table {name!r}. There are: {known}.")
            raise UsageError(text.format(name=name, known=", ".join(RESULTS)))
        return Frame(self._result(name))

    def _result(self, name: str) -> pa.Table:
        """Return a table of the run in force without those who have objected since."""
        from habitue.prepare.objections import without

        return without(self.current.table(name), self._objectors)

    @property
    def segments(self) -> Frame:
        """The segments."""
        return self.table("segments")

    @property
    def members(self) -> Frame:
        """Which customer is in which segment."""
        return self.table("members")

    @property
    def rfm(self) -> Frame:
        """Recency, frequency, money and RFM group of each customer."""
        return self.table("rfm")

    @property
    def rules(self) -> Frame:
        """The association rules."""
        return self.table("rules")

    @property
    def interests(self) -> Frame:
        """What each customer likes more than others."""
        return self.table("interests")

    @property
    def loyalty(self) -> Frame:
        """Loyalty of each customer."""
        return self.table("loyalty")

    @property
    def evaluation(self) -> Frame:
        """How well each model does."""
        return self.table("evaluation")

    @property
    def accounting(self) -> Frame:
        """Why rows were kept or set aside."""
        return self.table("accounting")

    @property
    def quality(self) -> Frame:
        """How complete and fresh the records are, what drifts, what is too little for a method."""
        return self.table("quality")

    @property
    def catalogue(self) -> Frame:
        """The products."""
        return self.table("catalogue")

    @property
    def categories(self) -> Frame:
        """The tree: each category, its department, how many products, and some of them."""
        from habitue.frame import Frame
        from habitue.prepare.category_tree import outline

        return Frame(outline(self.current.table("catalogue")))

    def write_categories(self, path: Path | None = None) -> Path:
        """Write the tree for a person to correct, with all corrections so far, and return where.

        Parameters
        ----------
        path : Path, optional
            The file; ``categories.csv`` of the shop, which each run reads, if left out.

        Raises
        ------
        RecordError
            If the shop's ``categories.csv`` can't be read.
        UsageError
            If the file can't be written.
        """
        from habitue.prepare import category_edits

        own = self.folder / category_edits.FILE
        target = path or own
        rows = self.current.table("catalogue").select(
            ["item_id", "title", "department", "category"]
        )
        try:
            category_edits.write(target, rows.to_pylist(), category_edits.read(own))
        except OSError as error:
            text = _("{file} can't be written: {problem}")
            raise UsageError(text.format(file=target, problem=error.strerror)) from error
        return target

    @property
    def sentiment(self) -> Frame:
        """The tone of each comment."""
        return self.table("sentiment")

    @property
    def recommendations(self) -> Frame:
        """What to recommend to each customer."""
        return self.table("recommendations")
