"""What platforms' archives need: text put together again, roles told by shape, whose words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.export_format import claimed_by, imported
from tests.samples.archives import meta_json, script

from habitue.collect.export import parts
from habitue.collect.files import open_source
from habitue.collect.mojibake import mended
from habitue.collect.read import read
from habitue.collect.words import platform_of
from habitue.errors import FormatError


def broken(text: str) -> str:
    return text.encode("utf-8").decode("latin-1")


def write(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else meta_json(value), encoding="utf-8")
    return path


# --- text ----------------------------------------------------------------------------------
@given(st.text())
def test_text_written_byte_by_byte_is_put_together_again(text: str) -> None:
    assert mended(broken(text)) == text


@given(st.text(st.characters(min_codepoint=0x100, exclude_categories=["Cs"]), min_size=1))
def test_text_beyond_latin_1_is_right_and_stays(text: str) -> None:
    assert mended(text) == text


@pytest.mark.parametrize("text", ["Café", "Größe M", "¿Qué tal?", "naïve", "£5 – ok", "plain"])
def test_right_text_in_western_languages_stays(text: str) -> None:
    assert mended(text) == text


def test_text_cut_in_the_middle_of_a_character_is_mended_up_to_there() -> None:
    assert mended(broken("很好吃")[:-1]) == "很好å"[:2] + "å"


# --- whose words -----------------------------------------------------------------------------
def messages(*senders: str) -> list[dict[str, Any]]:
    return [
        {"sender_name": name, "timestamp_ms": 1_700_000_000_000 + n, "content": f"text {n}"}
        for n, name in enumerate(senders)
    ]


def thread(people: list[str], title: str, *senders: str) -> dict[str, Any]:
    return {
        "participants": [{"name": name} for name in people],
        "messages": messages(*senders),
        "title": title,
        "thread_path": "inbox/ada_1",
    }


def own(path: Path) -> list[bool | None]:
    return [row["from_shop"] for row in imported(path).records["comments"]]


def test_the_shop_is_who_the_conversation_is_not_called_after(tmp_path: Path) -> None:
    path = write(tmp_path / "message_1.json", thread(["Shop", "Ada"], "Ada", "Ada", "Shop"))
    assert own(path) == [False, True]


def test_else_the_shop_is_listed_last(tmp_path: Path) -> None:
    path = write(tmp_path / "message_1.json", thread(["Ada", "Shop"], "Mugs", "Ada", "Shop"))
    assert own(path) == [False, True]


def test_one_message_is_a_conversation_though_more_people_are_listed(tmp_path: Path) -> None:
    people = ["Ada", "Grace", "Joan", "Mary", "Shop"]
    path = write(tmp_path / "message_1.json", thread(people, "All of us", "Ada"))
    assert own(path) == [False]


@pytest.mark.parametrize(
    ("place", "platform"),
    [
        ("your_instagram_activity/messages/inbox/a/message_1.json", "instagram"),
        ("facebook-shop-2026/messages/inbox/a/message_1.json", "facebook"),
        ("message_1.json", "facebook"),
    ],
)
def test_the_place_says_which_platform_it_is(tmp_path: Path, place: str, platform: str) -> None:
    path = write(tmp_path / place, thread(["Ada", "Shop"], "Ada", "Ada"))
    (row,) = imported(path).records["comments"]
    assert (row["platform"], row["handle"]) == (platform, f"{platform}:ada_1")


def test_links_say_it_where_the_place_does_not(tmp_path: Path) -> None:
    document = thread(["Ada", "Shop"], "Ada", "Ada")
    document["messages"][0]["share"] = {"link": "https://www.instagram.com/p/C1/"}
    assert claimed_by(write(tmp_path / "message_1.json", document)) == {"instagram_archive"}


# --- what is no record -------------------------------------------------------------------------
@pytest.mark.parametrize(
    "value",
    [
        # liked posts, with others' captions
        [{"timestamp": 1, "media": [], "fbid": "1", "label_values": [
            {"label": "Caption", "value": "a long caption of someone"},
            {"label": "URL", "value": "https://www.instagram.com/p/1/"}]}],
        # what was seen
        {"impressions_history_posts_seen": [
            {"string_map_data": {"Author": {"value": "ada"}, "Time": {"timestamp": 1}}}]},
        # log-ins
        [{"title": "2024", "string_map_data": {"Cookie": {"value": "a b c d"}}}],
        {"orders": [{"id": 1, "total": "2.50"}]},
    ],
)  # fmt: skip
def test_lists_of_other_things_are_no_comments(tmp_path: Path, value: Any) -> None:
    assert claimed_by(write(tmp_path / "list.json", value)) == set()


def test_other_parts_of_x_s_archive_are_refused(tmp_path: Path) -> None:
    account = [{"account": {"email": "a@b.example", "username": "shop"}}]
    path = write(tmp_path / "account.js", script("account.part0", account))
    with pytest.raises(FormatError, match="holds no records"):
        parts(open_source(path))


def test_a_script_is_never_run_whatever_stands_in_it(tmp_path: Path) -> None:
    text = 'window.YTD.tweets.part0 = [{"tweet": {"id_str": "1", "full_text": "a"}}, alert(1)]'
    got = imported(write(tmp_path / "tweets.js", text))
    assert (len(got.records["posts"]), got.rejected) == (
        0,
        {"json_cut_short": 1, "missing_date": 1},
    )


def test_platforms_have_one_name() -> None:
    names = ("twitter", "TWITTER", "x.com", "X (formerly Twitter)", "脸书", "IG", "Ｘ")
    assert [platform_of(name) for name in names] == ["x"] * 4 + ["facebook", "instagram", "x"]


# --- JSON ------------------------------------------------------------------------------------
def columns(path: Path, value: Any) -> tuple[list[str], list[tuple[str, str]]]:
    path.write_text(json.dumps(value))
    source = open_source(path)
    return source.columns, source.facts[2:]


def test_the_records_of_a_document_are_its_largest_array(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    small, large = [{"name": "A"}] * 5, [{"id": 1, "text": "b"}] * 2
    assert columns(path, {"people": small, "messages": large}) == (
        ["id", "text"], [("array", "messages"), ("other arrays", "people")])  # fmt: skip
    assert columns(path, {"messages": large, "people": small})[0] == ["id", "text"]
    assert columns(path, {"a": {"b": {"rows": large}}})[1] == [("array", "a.b.rows")]


def test_a_document_of_many_blocks_is_read_whole(tmp_path: Path) -> None:
    rows = [{"id": n, "text": "x" * 500} for n in range(40_000)]
    path = tmp_path / "a.json"
    path.write_text(
        json.dumps({"meta": {"n": 1}, "skip": rows[:3000], "text": [1, 2], "rows": rows})
    )
    source = open_source(path)
    # The first array that is surely long enough is taken without reading on.
    assert ("array", "skip") in source.facts
    assert sum(len(raw.table) for raw in source.batches(["id"])) == 3000


@pytest.mark.parametrize("text", ['{"a": [1, 2', '{"a" 1}', '{"a": {"b": [{"c": 1}', '{"a": nope}'])
def test_broken_documents_end_in_an_error_or_in_rows(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    try:
        source = open_source(path)
    except FormatError:
        return
    rejected = [one.reason for raw in source.batches() for one in raw.rejected]
    assert rejected == ["json_cut_short"]


def test_what_stands_beside_the_records_is_read_however_long_they_are(tmp_path: Path) -> None:
    document = thread(["Ada", "Shop"], "Ada", *["Ada"] * 60_000)
    path = write(tmp_path / "message_1.json", document)
    (part,) = parts(open_source(path))
    from habitue.collect.mapping import understand

    rows = sum(len(batch.rows) for batch in read(part, understand(part)))
    assert rows == 60_000
