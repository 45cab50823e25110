"""Who agreed to what: ``shop.consents``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from habitue.errors import UsageError
from habitue.locale import _

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from habitue.shop import Shop

__all__ = ["Consents"]


class Consents:
    """The consent ledger of a shop.

    Purposes are marketing, personalisation, profiling, platform_audience, messages, handle_link
    and tracking; channels are any, email, sms, phone, post, push, web, and the platforms.

    Parameters
    ----------
    shop : Shop
        The shop.

    Examples
    --------
    >>> import tempfile
    >>> from habitue import Shop
    >>> shop = Shop.create(tempfile.mkdtemp())
    >>> shop.consents.grant("ann@example.com", "marketing", "email", source="web form")
    'granted'
    >>> shop.consents.withdraw("ann@example.com", "marketing", "any", source="letter")
    'withdrawn'
    >>> shop.consents.allowed([shop.find("ann@example.com")], "marketing", "email").tolist()
    [False]
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def grant(
        self, who: int | str, purpose: str, channel: str, source: str, time: datetime | None = None,
        **details: str,
    ) -> str:  # fmt: skip
        """Record that a person said yes; see `record`."""
        return self.record(who, "granted", purpose, channel, source, time, **details)

    def withdraw(
        self, who: int | str, purpose: str, channel: str, source: str, time: datetime | None = None,
        **details: str,
    ) -> str:  # fmt: skip
        """Record that a person said no, or took a yes back; see `record`."""
        return self.record(who, "withdrawn", purpose, channel, source, time, **details)

    def object(
        self, who: int | str, purpose: str = "profiling", channel: str = "any", source: str = "",
        time: datetime | None = None, **details: str,
    ) -> str:  # fmt: skip
        """Record that a person objects (GDPR 21, PIPL 24); see `record`.

        Whoever objects to profiling, personalisation or marketing has no results of their own from
        now on: no segment, interests, loyalty or recommendations.
        """
        return self.record(who, "objected", purpose, channel, source, time, **details)

    def record(
        self,
        who: int | str,
        act: str,
        purpose: str,
        channel: str,
        source: str,
        time: datetime | None = None,
        evidence: str = "",
        policy: str = "",
    ) -> str:
        """Record what a person said, together with its entry in the audit log.

        Parameters
        ----------
        who : int or str
            A pseudonym or any identifier; an unknown e-mail address becomes known.
        act : str
            granted, requested, confirmed, withdrawn, suppressed or objected.
        purpose, channel : str
            What for and by which way.
        source : str
            Where it was said: the form, page or letter. Never a person's name or address.
        time : datetime, optional
            When it was said; now if left out. Without a zone it is UTC.
        evidence : str
            What shows it, for instance the form's version.
        policy : str
            Version of the privacy policy that was shown; the settings' if left out.

        Returns
        -------
        str
            What the consent of that purpose and channel is now.

        Raises
        ------
        UsageError
            If nobody is known by the identifier, there is no such purpose, channel or act, the
            time is in the future, or a text names a person.
        """
        from habitue.protect.ledger import Entry

        shop, now = self._shop, datetime.now(UTC)
        said = now if time is None else time if time.tzinfo else time.replace(tzinfo=UTC)
        if said > now:
            text = _("A consent can't be of the future: {time:%Y-%m-%d %H:%M} UTC.")
            raise UsageError(text.format(time=said.astimezone(UTC)))
        customer = self._pseudonym(who)
        shown = policy or shop.config.consent.policy
        entry = Entry(customer, purpose, channel, act, said, source or "-", "person",
                      evidence or None, shown or None)  # fmt: skip
        audit = shop._audit
        with shop._database.writing() as session:
            added, _repeated = shop._ledger.append(session, [entry])
            if added:
                details = {"purpose": purpose, "channel": channel, "act": act}
                audit.record(session, "consent", customer, details)
        states = {(row["purpose"], row["channel"]): row["state"] for row in self.state(customer)}
        return str(states[purpose, channel])

    def state(self, who: int | str, as_of: datetime | None = None) -> list[dict[str, Any]]:
        """Return what a person's words come to, for each purpose and channel that was spoken of."""
        return self._shop._ledger.state(self._aliases(who), as_of)

    def history(self, who: int | str) -> list[dict[str, Any]]:
        """Return all that a person said, in the order in which it was recorded."""
        return self._shop._ledger.history(self._aliases(who))

    def allowed(
        self,
        customers: Sequence[int] | npt.NDArray[np.int64],
        purpose: str,
        channel: str,
        as_of: datetime | None = None,
    ) -> npt.NDArray[np.bool_]:
        """Say of each customer whether a purpose is allowed by a channel.

        Parameters
        ----------
        customers : sequence of int, shape (n,)
            Pseudonyms. What is said under one of a person's pseudonyms holds for all of them.
        purpose, channel : str
            What for and by which way.
        as_of : datetime, optional
            What was said later does not count; now if left out.

        Returns
        -------
        array of bool, shape (n,)
        """
        ledger = self._shop._ledger
        return ledger.allowed(customers, purpose, channel, as_of, self._shop._linked)

    def objectors(self) -> npt.NDArray[np.int64]:
        """Return all pseudonyms of those who object to being profiled."""
        return self._shop._ledger.objectors(self._shop._linked)

    def export(self) -> Iterator[dict[str, Any]]:
        """Yield the whole ledger, an entry a row, by pseudonym."""
        return self._shop._ledger.entries()

    def _aliases(self, who: int | str) -> list[int]:
        customer = self._shop.find(who)
        links = self._shop._linked.to_pylist()
        person = next((row["person"] for row in links if row["customer"] == customer), customer)
        aliases = {row["customer"] for row in links if row["person"] == person}
        return sorted(aliases | {customer})

    def _pseudonym(self, who: int | str) -> int:
        """Return the very pseudonym that an identifier has, so that a merge undone parts both."""
        vault, text = self._shop.vault, str(who).strip()
        customer = vault.find(text)
        if customer is None and text.isdigit() and vault.issued(int(text)):
            customer = int(text)
        if customer is None and "@" in text:
            with self._shop._writing():  # an import must not learn of the same person meanwhile
                (customer,) = vault.resolve([[text]], ["email"])
                with self._shop._database.writing() as session:
                    vault.flush(session, "")
        if customer is None:
            raise UsageError(_("Nobody is known by that identifier. Look for typing errors."))
        return customer
