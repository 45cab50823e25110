"""Tokens of short texts in Latin scripts and Chinese."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from habitue.text import han_runs, language, normalise, pieces, singular, tokens, words


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=60))
def test_any_text_has_a_language_and_pieces(text: str) -> None:
    assert language(text) in {"en", "zh", "other"}
    assert all(piece.strip() for piece in [*pieces(text), *tokens(text), *words(text)])


def test_full_width_and_half_width_are_the_same() -> None:
    assert tokens("ＭＵＧ，１２ｐｃｓ 马克杯") == tokens("mug,12pcs 马克杯")


def test_a_single_letter_stays_with_its_hyphen() -> None:
    assert pieces("T-LIGHT GIFT-BOX, Women's") == ["t-light", "gift", "box", "women's"]


def test_scripts_are_split_where_they_meet() -> None:
    assert pieces("A5笔记本refill三本装") == ["a", "笔记本", "refill", "三本装"]
    assert han_runs("A5笔记本refill三本装") == ["笔记本", "三本装"]


def test_one_chinese_character_is_a_token() -> None:
    assert tokens("好") == ["好"]


def test_plural_and_singular_share_a_key() -> None:
    for one, many in [
        ("box", "boxes"),
        ("glass", "glasses"),
        ("berry", "berries"),
        ("mug", "mugs"),
    ]:
        assert singular(one) == singular(many) == one
