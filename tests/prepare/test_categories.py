"""Categories from titles: similar products together, under names that a person understands."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet
import pytest
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from tests.shared import shared_data

from habitue.prepare.categories import OTHER, group
from habitue.prepare.category_goods import departments, kind_of, kinds
from habitue.prepare.title_terms import TermSpace, parse

STYLES = ("Rose", "Owl", "Polka Dot", "Alpine", "Coastal", "Fern", "Red", "Small", "Vintage")
KINDS = ("Mug", "Candle Holder", "Lunch Bag", "Cushion Cover", "Necklace", "Tea Towel")
STYLES_ZH = ("玫瑰", "猫头鹰", "波点", "雪山", "海岸", "蕨叶", "红色", "小号", "复古")
KINDS_ZH = ("马克杯", "香薰蜡烛", "午餐袋", "抱枕", "项链", "手工皂")


def _table(titles: list[str], categories: list[str | None] | None = None) -> pa.Table:
    columns: dict[str, object] = {"item_id": [str(i) for i in range(len(titles))], "title": titles}
    if categories is not None:
        columns["category"] = pa.array(categories, pa.string())
    return pa.table(columns)


def _categories(titles: list[str], n_groups: int = 24, seed: int = 0) -> list[str]:
    found: list[str] = group(_table(titles), n_groups, seed)["category"].to_pylist()
    return found


def _real_titles() -> list[str]:
    rows = csv.read_csv(shared_data("online_retail/online_retail.csv.gz"))
    titles = rows.group_by("StockCode").aggregate([("Description", "max")])["Description_max"]
    return sorted(title for title in titles.to_pylist() if title)


@pytest.mark.parametrize(
    ("titles", "kinds"),
    [
        ([f"{style} {kind}" for kind in KINDS for style in STYLES], KINDS),
        ([style + kind for kind in KINDS_ZH for style in STYLES_ZH], KINDS_ZH),
    ],
    ids=["English", "Chinese"],
)
def test_products_are_grouped_by_what_they_are_not_how_they_look(
    titles: list[str], kinds: tuple[str, ...]
) -> None:
    truth = np.repeat(np.arange(len(kinds)), len(STYLES))
    assert adjusted_rand_score(truth, _categories(titles, len(kinds))) == 1.0


def test_a_group_is_named_by_words_of_its_titles() -> None:
    titles = [f"{style} {kind}" for kind in KINDS for style in STYLES]
    names = set(_categories([*titles, "Set of Lunch Bags", "Pair of Mugs"], len(KINDS)))
    assert {"Lunch Bags", "Mugs", "Cushion Cover", "Candle Holders", "Tea Towels"} <= names


def test_a_chinese_group_is_named_by_whole_words() -> None:
    titles = [style + kind for kind in KINDS_ZH for style in STYLES_ZH]
    assert {"马克杯", "午餐袋", "手工皂", "香薰蜡烛"} <= set(_categories(titles, len(KINDS_ZH)))


def test_what_is_like_nothing_else_is_in_other() -> None:
    titles = ["Blue Mug", "Owl Mug", "Zyxwv", "", "12345", "🙂"]
    assert _categories(titles) == ["Mugs", "Mugs", OTHER, OTHER, OTHER, OTHER]


def test_no_titles_and_no_products_are_no_error() -> None:
    assert _categories([]) == []
    assert group(_table([]).set_column(1, "title", pa.array([], pa.string()))).num_rows == 0
    assert _categories(["Mug"]) == [OTHER]


def test_the_shops_own_categories_stay_and_lend_themselves_to_the_rest() -> None:
    titles = ["Blue Mug", "Owl Mug", "Rose Soap", "Mint Soap", "Fern Mug", "Quartz"]
    own = ["Drinkware", "Drinkware", "Bath", "Bath", None, " "]
    found = group(_table(titles, own))["category"].to_pylist()
    assert found == ["Drinkware", "Drinkware", "Bath", "Bath", "Drinkware", OTHER]


def test_few_own_categories_stay_while_the_rest_is_grouped() -> None:
    titles = ["Blue Mug", *[f"{style} Soap" for style in STYLES]]
    found = group(_table(titles, ["Drinkware", *[None] * len(STYLES)]))["category"].to_pylist()
    assert found[0] == "Drinkware"
    assert set(found[1:]) == {"Soap"}


def test_the_order_of_the_rows_does_not_matter() -> None:
    titles = [f"{style} {kind}" for kind in KINDS for style in STYLES]
    mixed = random.Random(0).sample(titles, len(titles))
    before = dict(zip(titles, _categories(titles), strict=True))
    assert dict(zip(mixed, _categories(mixed), strict=True)) == before


def test_names_are_distinct_and_groups_bounded_on_real_titles() -> None:
    titles = _real_titles()
    names = _categories(titles)
    assert len(set(names)) <= 25
    assert names.count(OTHER) < 0.1 * len(names)
    assert max(names.count(name) for name in set(names)) < 0.2 * len(names)


def test_a_few_new_products_move_few_old_ones() -> None:
    titles = _real_titles()
    fewer = [title for i, title in enumerate(titles) if i % 50]
    now = dict(zip(titles, _categories(titles), strict=True))
    before = _categories(fewer)
    assert adjusted_rand_score(before, [now[title] for title in fewer]) > 0.6


def test_hidden_categories_of_groceries_are_found_again() -> None:
    products = parquet.read_table(
        shared_data("complete_journey/products.parquet"),
        columns=["product_type", "product_category"],
    ).drop_null()
    titles = products["product_type"].to_pylist()
    truth = products["product_category"].to_pylist()
    tree = group(_table(titles), 302, n_departments=59)
    assert normalized_mutual_info_score(truth, tree["category"].to_pylist()) >= 0.785
    assert normalized_mutual_info_score(truth, tree["department"].to_pylist()) >= 0.65


def test_hidden_own_categories_are_found_by_their_neighbours() -> None:
    products = parquet.read_table(
        shared_data("complete_journey/products.parquet"),
        columns=["product_type", "product_category"],
    ).drop_null()
    pairs = Counter(
        zip(*(products[name].to_pylist() for name in products.column_names), strict=True)
    )
    mostly = {title: category for (title, category), _n in reversed(pairs.most_common())}
    titles, truth = sorted(mostly), [mostly[title] for title in sorted(mostly)]
    hidden = [None if i % 5 == 0 else category for i, category in enumerate(truth)]
    found = group(_table(titles, hidden))["category"].to_pylist()
    right = [found[i] == truth[i] for i in range(0, len(truth), 5)]
    assert sum(right) / len(right) > 0.4  # the nearest by TF-IDF: .353


def test_where_a_shop_names_the_product_is_learnt() -> None:
    last = [parse(f"{style} {kind}") for style in STYLES[:6] for kind in KINDS[:2]]
    first = [parse(f"{kind}: {style}") for style in STYLES[:6] for kind in ("Mug", "Bag")]
    n = np.ones(12, dtype=np.int64)
    by_last, by_first = TermSpace().fit(last, n), TermSpace().fit(first, n)
    assert by_last.head_weight_ > by_last.first_weight_
    assert by_first.first_weight_ > by_first.head_weight_


def test_what_follows_with_is_not_the_head() -> None:
    assert parse("BOX WITH RED RIBBON").head == "box"
    assert parse("手工皂礼盒").head == "礼盒"


def test_departments_know_goods_in_both_languages() -> None:
    assert kind_of("mug") == kind_of("杯")
    assert departments()[kinds()[kind_of("mug")].department].key == "tableware"
    assert kind_of("serendipity") == -1
