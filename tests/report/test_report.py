"""The report: complete, well formed, self-contained, and silent about persons."""

from __future__ import annotations

import itertools
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.report.sample import PRODUCTS, sample, tiny

import habitue.locale
from habitue.protect.groups import MIN_GROUP
from habitue.report import Results, build
from habitue.report.charts.arcs import Link, arcs, in_bundles
from habitue.report.charts.svg import spread, ticks, width_of, wrap
from habitue.report.facts import Facts

VOID = {"meta", "input", "br", "link"}


class Page(HTMLParser):
    """Notes what is opened, what is closed, and the text in each language."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.links: list[str] = []
        self.article = ""
        self.words: dict[str, list[str]] = {"en": [], "zh-Hans": []}
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = dict(attributes)
        self.ids += [names["id"] or ""] if "id" in names else []
        self.links += [v or "" for k, v in attributes if k in ("href", "src", "action", "data")]
        if tag == "article":
            self.article = names["lang"] or ""
            self.headings.append(0)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if self.article:
            self.words[self.article].append(names.get("aria-label") or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"{tag} at {self.getpos()}")
        if tag == "article":
            self.article = ""

    def handle_data(self, data: str) -> None:
        if self.article and data.strip():
            self.words[self.article].append(data.strip())


@cache
def page() -> str:
    return build(sample())


@cache
def parsed() -> Page:
    return Page(page())


def text(language: str) -> str:
    return "\n".join(parsed().words[language])


def test_every_tag_that_opens_closes() -> None:
    assert parsed().faults == []
    assert parsed().open == []


def test_ids_are_unique_and_links_stay_inside_the_page() -> None:
    ids, links = parsed().ids, parsed().links
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_headings_never_skip_a_level() -> None:
    levels = parsed().headings
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_nothing_is_loaded_from_outside() -> None:
    assert "default-src 'none'" in page()
    assert not re.search(r"https?://|//[a-z]|@import|url\(|<script|<img|<link|style=", page())


def test_titles_are_escaped() -> None:
    assert "<b>礼盒" not in page()


def test_both_languages_tell_the_same_numbers() -> None:
    for figure in ("541,909", "397,884", "5,192", "£8,911,407.904", "18,532"):
        assert figure in text("en")
        assert figure in text("zh-Hans")


def test_each_stage_adds_up_to_what_it_was_given() -> None:
    assert text("en").count("541,896") >= 2  # accepted, and the reasons together
    assert "Together" in text("en")


def test_small_groups_are_not_counted_out() -> None:
    facts = Facts(sample())
    small = next(s for s in facts.segments if s["customers"] < MIN_GROUP)
    assert "fewer than 10" in text("en")
    amount = f"£{small['amount'] / 1e6:,.0f}"
    assert amount not in page()


def test_no_pseudonym_is_in_the_page() -> None:
    customers = sample().tables["rfm"]["customer"].to_pylist()
    digits = set(re.findall(r"\d{12,}", page()))
    assert not digits & {str(c) for c in customers}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_shop_s_language_shows_first(language: str) -> None:
    html = build(sample(language, 300))
    tag = {"en": "en", "zh": "zh-Hans"}[language]
    assert f'<html lang="{tag}">' in html
    assert f'id="language-{language}" checked' in html


def test_an_empty_run_makes_sentences_not_blanks() -> None:
    words = "\n".join(Page(build(Results({}, {"shop": "Stall"}))).words["en"])
    for sentence in (
        "The records hold too little",
        "no dated sales",
        "too few customers to tell groups apart",
        "too few customers to tell who is leaving",
        "No products are bought together often enough",
        "too few purchases to recommend",
        "No comments were imported",
        "too little history to test models",
    ):
        assert sentence in words


def test_a_shop_of_one_customer_says_nothing_about_them() -> None:
    words = "\n".join(Page(build(tiny())).words["en"])
    assert "fewer than 10" in words
    assert "Too small a group" in words
    assert "all customers are one segment" in words


def test_one_bundle_and_unchosen_models_still_read() -> None:
    results = sample(customers=300)
    tables = dict(results.tables)
    tables["rules"] = tables["rules"].slice(0, 1)
    evaluation = tables["evaluation"]
    chosen = evaluation.schema.get_field_index("chosen")
    tables["evaluation"] = evaluation.set_column(
        chosen, "chosen", [[name == "content" for name in evaluation["model"].to_pylist()]]
    )
    words = "\n".join(Page(build(Results(tables, results.summary))).words["en"])
    assert "one bundle of 2 products" in words
    assert "“Words and categories” is used" in words
    assert "How the models compare on Log loss" in words


def test_chinese_is_complete() -> None:
    folder = Path(habitue.locale.__file__).parent / "zh_Hans" / "LC_MESSAGES"
    if not (folder / "habitue.po").exists():
        pytest.skip("the Chinese catalogue is not there yet")
    known = [title for title, _category in PRODUCTS.values()]
    known += [category for _title, category in PRODUCTS.values()]
    known += ["Regency Gifts & Co", "20111209-125000-7f3a", "Habitué"]
    known += ["nDCG", "AUC", "ECE", "RFM", "Brier", "BG/NBD", "k"]
    left = text("zh-Hans")
    for name in sorted(known, key=len, reverse=True):
        left = left.replace(name, "")
    assert not set(re.findall(r"[A-Za-z]{2,}", left)) - _cut_titles()


def _cut_titles() -> set[str]:
    """Return beginnings of title words: charts cut long titles short."""
    words = {w for title, _c in PRODUCTS.values() for w in re.findall("[A-Za-z]+", title)}
    return {word[:n] for word in words for n in range(1, len(word) + 1)}


def test_labels_are_moved_apart_and_kept_in_bounds() -> None:
    placed = spread([5, 6, 7, 99], [10, 10, 10, 10], 0, 100)
    assert all(b - a >= 10 for a, b in itertools.pairwise(placed))
    assert placed[0] >= 5
    assert placed[-1] <= 95


@pytest.mark.parametrize("high", [0.0, 0.13, 1, 7, 99, 1_160_000])
def test_ticks_cover_the_highest_value_with_few_marks(high: float) -> None:
    marks = ticks(high)
    assert marks[0] == 0
    assert marks[-1] >= high
    assert len(marks) <= 6


def test_lines_break_between_chinese_characters_and_between_english_words() -> None:
    assert wrap("爱买厨房用品的客户", 60, 10, 2) == ["爱买厨房用品", "的客户"]
    assert wrap("one two", 25, 10, 2) == ["one", "two"]
    assert all(width_of(line, 10) <= 60 for line in wrap("a " * 90, 60, 10, 3))


def test_every_product_of_a_link_is_in_exactly_one_bundle() -> None:
    links = [Link(a, b, 2.0) for a, b in ("ab", "bc", "xy", "pq", "qr", "rp")]
    bundles = in_bundles(links)
    assert sorted(map(sorted, bundles)) == [["a", "b", "c"], ["p", "q", "r"], ["x", "y"]]
    assert str(arcs(links, {"a": "<Tea>"}, 350, label="l")).count("&lt;Tea&gt;") == 1
