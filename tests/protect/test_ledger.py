from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from habitue.errors import UsageError
from habitue.protect.ledger import Entry, Ledger
from habitue.protect.purposes import ACTS, COVERED
from habitue.state import Consent, Database, Person

DAY = datetime(2026, 1, 1, tzinfo=UTC)
ANN, BOB, CAT, DAN = 11, 22, 33, 44


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    made = Database.of(tmp_path_factory.mktemp("state"))
    with made.writing() as session:
        session.execute(insert(Person), [{"customer": c, "key": b""} for c in (ANN, BOB, CAT, DAN)])
    return made


@pytest.fixture(autouse=True)
def empty(database: Database) -> None:
    with database.writing() as session:
        session.execute(delete(Consent))


def say(
    database: Database,
    customer: int,
    act: str,
    day: int | None,
    purpose: str = "marketing",
    channel: str = "email",
    **more: Any,
) -> tuple[int, int]:
    time = None if day is None else DAY + timedelta(days=day)
    entry = Entry(customer, purpose, channel, act, time, more.pop("source", "form"), **more)
    with database.writing() as session:
        return Ledger(database).append(session, [entry])


def allowed(database: Database, customer: int = ANN, channel: str = "email", **asked: Any) -> bool:
    ledger = Ledger(database, asked.pop("double_opt_in", False))
    purpose = asked.pop("purpose", "marketing")
    return bool(ledger.allowed([customer], purpose, channel, **asked)[0])


def test_the_default_is_no(database: Database) -> None:
    assert not allowed(database)
    say(database, BOB, "granted", 1)
    assert not allowed(database)


def test_the_latest_word_counts_by_when_it_was_said(database: Database) -> None:
    say(database, ANN, "withdrawn", 5)
    say(database, ANN, "granted", 1)
    assert not allowed(database)
    say(database, ANN, "granted", 6)
    assert allowed(database)
    assert not allowed(database, as_of=DAY + timedelta(days=5))
    assert allowed(database, as_of=DAY + timedelta(days=2))


def test_at_the_same_time_a_no_goes_first(database: Database) -> None:
    say(database, ANN, "granted", 1)
    say(database, ANN, "withdrawn", 1)
    assert not allowed(database)


@pytest.mark.parametrize("block", ["suppressed", "objected"])
def test_only_the_person_lifts_a_suppression_or_an_objection(
    database: Database, block: str
) -> None:
    say(database, ANN, block, 1)
    say(database, ANN, "granted", 9, origin="list")
    assert not allowed(database)
    say(database, ANN, "granted", 1)
    assert not allowed(database)
    say(database, ANN, "granted", 2)
    assert allowed(database)


def test_with_double_opt_in_only_a_confirmation_counts(database: Database) -> None:
    say(database, ANN, "granted", 1)
    say(database, ANN, "requested", 2)
    assert allowed(database)
    assert not allowed(database, double_opt_in=True)
    assert Ledger(database, True).state([ANN])[0]["state"] == "requested"
    say(database, ANN, "confirmed", 3)
    assert allowed(database, double_opt_in=True)


def test_a_yes_of_unknown_time_is_the_oldest_word_and_a_no_the_newest(database: Database) -> None:
    say(database, ANN, "granted", None, origin="list")
    assert allowed(database)
    say(database, ANN, "withdrawn", -5000)
    assert not allowed(database)
    say(database, BOB, "granted", 3)
    say(database, BOB, "withdrawn", None, origin="list")
    assert not allowed(database, BOB)


def test_any_channel_is_each_of_them(database: Database) -> None:
    say(database, ANN, "granted", 1, channel="any")
    assert allowed(database, channel="sms")
    assert allowed(database, channel="any")
    say(database, ANN, "withdrawn", 2, channel="email")
    assert not allowed(database)
    assert allowed(database, channel="sms")
    assert not allowed(database, channel="any")
    say(database, BOB, "granted", 1)
    assert not allowed(database, BOB, channel="any")


def test_what_is_said_under_one_pseudonym_holds_for_the_person(database: Database) -> None:
    persons = pa.table({"customer": [ANN, BOB], "person": [ANN, ANN]})
    say(database, ANN, "granted", 1)
    ledger = Ledger(database)
    assert ledger.allowed([ANN, BOB, CAT], "marketing", "email").tolist() == [True, False, False]
    for asked in ([ANN, BOB, CAT], [CAT, BOB]):
        mask = ledger.allowed(asked, "marketing", "email", persons=persons)
        assert mask.tolist() == [customer != CAT for customer in asked]
    say(database, BOB, "withdrawn", 2)
    assert not ledger.allowed([ANN, BOB], "marketing", "email", persons=persons).any()


def test_an_objection_to_marketing_covers_profiling_and_audiences(database: Database) -> None:
    for purpose in ("marketing", "profiling", "platform_audience", "messages"):
        say(database, ANN, "granted", 1, purpose=purpose, channel="any")
    say(database, ANN, "objected", 2, channel="any")
    yes = [p for p in ("marketing", "profiling", "platform_audience", "messages")
           if allowed(database, purpose=p)]  # fmt: skip
    assert yes == ["messages"]


@pytest.mark.parametrize("purpose", ["marketing", "profiling", "personalisation"])
def test_objectors_are_found_under_all_their_pseudonyms(database: Database, purpose: str) -> None:
    persons = pa.table({"customer": [ANN, BOB], "person": [ANN, ANN]})
    say(database, BOB, "objected", 1, purpose=purpose, channel="email")
    say(database, CAT, "suppressed", 1)
    assert Ledger(database).objectors(persons).tolist() == [ANN, BOB]
    assert Ledger(database).objectors().tolist() == [BOB]


def test_unsubscribing_is_no_objection_to_profiling(database: Database) -> None:
    say(database, ANN, "suppressed", 1)
    assert Ledger(database).objectors().tolist() == []


def test_the_same_words_are_one_entry(database: Database) -> None:
    assert say(database, ANN, "granted", 1) == (1, 0)
    assert say(database, ANN, "granted", 1) == (0, 1)
    assert say(database, ANN, "granted", 1, source="other form") == (1, 0)


@pytest.mark.parametrize(
    "wrong",
    [{"purpose": "fun"}, {"channel": "pigeon"}, {"act": "nodded"}, {"source": "ann@example.com"},
     {"evidence": "called +44 7700 900123"}],
)  # fmt: skip
def test_unknown_words_and_personal_data_are_refused(
    database: Database, wrong: dict[str, str]
) -> None:
    with pytest.raises(UsageError):
        say(database, ANN, wrong.pop("act", "granted"), 1, **wrong)


def test_history_says_everything_in_the_order_of_recording(database: Database) -> None:
    say(database, ANN, "withdrawn", 5, evidence="letter", policy="2026-01")
    say(database, ANN, "granted", None, origin="list", source="fair")
    first, second = Ledger(database).history([ANN, BOB])
    assert (first["state"], first["evidence"], first["policy"]) == (
        "withdrawn",
        "letter",
        "2026-01",
    )
    assert first["time"] == DAY + timedelta(days=5)
    assert (second["time"], second["origin"], second["source"]) == (None, "list", "fair")
    assert first["recorded"] <= second["recorded"] <= datetime.now(UTC)


WORDS = st.lists(
    st.tuples(
        st.sampled_from([ANN, BOB, CAT]),
        st.sampled_from(["marketing", "profiling", "personalisation"]),
        st.sampled_from(["any", "email", "sms"]),
        st.sampled_from(sorted(ACTS)),
        st.one_of(st.none(), st.integers(0, 4)),
        st.sampled_from(["person", "list"]),
    ),
    max_size=9,
)


def oracle(words: Any, people: set[int], purpose: str, channel: str, double: bool) -> bool:
    """Judge one person by reading the words one after the other, as the rule is written."""
    mine = [w for w in words if w[0] in people]
    now = 1e9  # whatever is recorded is later than all days
    yes = {"confirmed"} if double else {"granted", "confirmed"}

    def here(word: Any) -> bool:
        no = word[3] in ("withdrawn", "suppressed", "objected")
        return word[2] == "any" or word[2] == channel or (channel == "any" and no)

    def said(word: Any) -> float:
        return now if word[4] is None else word[4]

    allowed = False
    grants = [w for w in mine if here(w) and w[1] == purpose and w[3] in yes]
    for grant in grants:
        value = -1 if grant[4] is None else grant[4]
        nos = [w for w in mine if here(w) and w[1] == purpose and w[3] == "withdrawn"]
        allowed |= all(said(no) < value for no in nos)
    blocks = [
        w for w in mine if here(w)
        and ((w[3] == "suppressed" and w[1] == purpose)
             or (w[3] == "objected" and purpose in COVERED[w[1]]))
    ]  # fmt: skip
    for block in blocks:
        own = [g for g in grants if g[5] == "person" and g[4] is not None]
        allowed &= any(g[4] > said(block) for g in own)
    return allowed


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=WORDS, linked=st.booleans(), double=st.booleans())
def test_the_rule_is_what_reading_word_for_word_comes_to(
    database: Database, words: Any, linked: bool, double: bool
) -> None:
    with database.writing() as session:
        session.execute(delete(Consent))
        Ledger(database).append(
            session,
            [Entry(who, p, ch, act, None if day is None else DAY + timedelta(day), "form", origin)
             for who, p, ch, act, day, origin in words],
        )  # fmt: skip
        persons = pa.table({"customer": [ANN, BOB], "person": [ANN, ANN]}) if linked else None
    for purpose, channel in (("marketing", "email"), ("profiling", "any"), ("marketing", "any")):
        mask = Ledger(database, double).allowed([ANN, BOB, CAT, DAN], purpose, channel,
                                                persons=persons)  # fmt: skip
        groups = [{ANN, BOB}, {ANN, BOB}] if linked else [{ANN}, {BOB}]
        expected = [oracle(words, g, purpose, channel, double) for g in (*groups, {CAT}, {DAN})]
        assert mask.tolist() == expected


def test_the_state_of_a_person_says_what_is_allowed(database: Database) -> None:
    say(database, ANN, "granted", 1, channel="email")
    say(database, ANN, "suppressed", 1, channel="sms")
    say(database, BOB, "objected", 1, purpose="profiling", channel="any")
    found = {(row["purpose"], row["channel"]): row["state"]
             for row in Ledger(database).state([ANN, BOB])}  # fmt: skip
    assert found == {
        ("marketing", "email"): "granted",
        ("marketing", "sms"): "suppressed",
        ("profiling", "any"): "objected",
        ("personalisation", "any"): "objected",
    }
    assert Ledger(database).state([DAN]) == []


def test_many_are_judged_as_one_is(database: Database) -> None:
    say(database, ANN, "granted", 1)
    many = np.arange(100_000)
    mask = Ledger(database).allowed(many, "marketing", "email")
    assert np.flatnonzero(mask).tolist() == [ANN]
