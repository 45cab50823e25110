"""The results of the run in force, a table each."""

from __future__ import annotations

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
    def catalogue(self) -> Frame:
        """The products."""
        return self.table("catalogue")

    @property
    def sentiment(self) -> Frame:
        """The tone of each comment."""
        return self.table("sentiment")

    @property
    def recommendations(self) -> Frame:
        """What to recommend to each customer."""
        return self.table("recommendations")
