"""The tree stays as it is, grows by what is new, and is named as people name it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse
from sklearn.metrics import normalized_mutual_info_score
from tests.shared import shared_data

from habitue.collect.demo.catalogue import make_catalogue
from habitue.config import PrepareSection
from habitue.engines import DuckDBEngine
from habitue.prepare.categories import OTHER, group
from habitue.prepare.category_company import company, factors
from habitue.prepare.category_match import inherited, matched
from habitue.prepare.category_tree import in_force
from habitue.state.runs import Runs

KINDS = {
    "Jewellery": ("Necklace", "Earrings", "Bracelet"),
    "Tableware": ("Mug", "Plate", "Bowl"),
    "Bags & Luggage": ("Handbag", "Purse", "Backpack"),
}
ZH = {"首饰": ("项链", "耳环", "手链"), "餐具": ("马克杯", "餐盘", "勺子")}
STYLES = ("Rose", "Owl", "Alpine", "Coastal", "Fern", "Vintage", "Moon", "Star")
STYLES_ZH = ("玫瑰", "猫头鹰", "雪山", "海岸", "蕨叶", "复古", "月亮", "星空")


def _table(titles: list[str], first: int = 0) -> pa.Table:
    return pa.table({"item_id": [f"{first + i:04d}" for i in range(len(titles))], "title": titles})


def _shop() -> list[str]:
    return [f"{s} {kind}" for kinds in KINDS.values() for kind in kinds for s in STYLES]


def test_departments_are_named_as_people_name_them() -> None:
    tree = group(_table(_shop()), 9, n_departments=3)
    truth = [name for name, kinds in KINDS.items() for _ in range(len(kinds) * len(STYLES))]
    assert tree["department"].to_pylist() == truth


def test_departments_are_named_in_the_titles_language() -> None:
    titles = [s + kind for kinds in ZH.values() for kind in kinds for s in STYLES_ZH]
    tree = group(_table(titles), 6, n_departments=2)
    assert tree["department"].to_pylist() == ["首饰"] * 24 + ["餐具"] * 24


@pytest.mark.parametrize("language", ["titles", "titles_zh"])
def test_the_sample_shops_categories_are_found_again(language: str) -> None:
    shop = make_catalogue(np.random.default_rng(0), 20_000)
    tree = group(_table(getattr(shop, language)), 24)
    found = tree["category"].to_pylist()
    assert normalized_mutual_info_score(shop.category, found) > 0.85
    assert max(map(found.count, set(found))) < 0.2 * len(found)


def test_each_category_stands_in_one_department() -> None:
    tree = group(_table(_shop()), 5, n_departments=3)
    pairs = set(zip(tree["category"].to_pylist(), tree["department"].to_pylist(), strict=True))
    assert len(pairs) == len({category for category, _department in pairs})


def test_own_flat_categories_get_departments() -> None:
    titles = _shop()
    own = [kind for kinds in KINDS.values() for kind in kinds for _ in STYLES]
    items = _table(titles).append_column("category", pa.array(own))
    tree = group(items, n_departments=3)
    assert tree["category"].to_pylist() == own
    assert len(set(tree["department"].to_pylist())) == 3
    assert set(tree["placed"].to_pylist()) == {"shop"}


def test_the_exports_own_tree_is_kept() -> None:
    own = [f"{name} > {kind}" for name, kinds in KINDS.items() for kind in kinds for _ in STYLES]
    tree = group(_table(_shop()).append_column("category", pa.array(own)))
    pairs = zip(tree["department"].to_pylist(), tree["category"].to_pylist(), strict=True)
    assert [f"{department} > {category}" for department, category in pairs] == own


def test_products_keep_their_places_when_others_come() -> None:
    titles = _shop()
    before = group(_table(titles[::2]), 9)
    new = _table([*titles[1::4], "Zyxwv"], 5000)
    after = group(pa.concat_tables([_table(titles[::2]), new]), 9, previous=before)
    assert after.slice(0, before.num_rows).equals(before)
    placed = after["placed"].to_pylist()[before.num_rows :]
    assert placed == ["likeness"] * (len(placed) - 1) + ["none"]


def test_a_new_product_joins_what_it_is_like() -> None:
    before = group(_table(_shop()), 9)
    after = group(
        pa.concat_tables([_table(_shop()), _table(["Tin Mug"], 9000)]), 9, previous=before
    )
    mugs = after["category"].to_pylist()[24]
    assert after["category"].to_pylist()[-1] == mugs


def test_a_tree_that_most_have_only_joined_is_made_afresh() -> None:
    small = group(_table(_shop()[:24]), 9)
    grown = _table(_shop())
    tree = group(grown, 9, previous=small)
    assert set(tree["placed"].to_pylist()) == {"titles"}
    kept = dict(zip(small["item_id"].to_pylist(), small["category"].to_pylist(), strict=True))
    names = tree["category"].to_pylist()
    assert [names[i] for i in range(24)] == [kept[f"{i:04d}"] for i in range(24)]


def test_what_was_like_nothing_is_not_moved_by_a_run() -> None:
    items = _table([*_shop(), "Zyxwv"])
    before = group(items, 9)
    assert before["category"].to_pylist()[-1] == OTHER
    assert group(items, 9, previous=before).equals(before)


def test_five_percent_new_products_move_under_two_percent() -> None:
    import pyarrow.parquet as parquet

    path = shared_data("complete_journey/products.parquet")
    titles = parquet.read_table(path, columns=["product_type"]).drop_null()["product_type"]
    whole = _table(titles.to_pylist()[::20])
    new = np.random.default_rng(1).random(whole.num_rows) < 0.05
    before = group(whole.filter(pa.array(~new)), 60)
    after = group(whole, 60, previous=before).filter(pa.array(~new))
    old, now = (
        np.unique(t["category"].to_pylist(), return_inverse=True)[1] for t in (before, after)
    )
    assert (matched(now, old)[now] != old).mean() < 0.02


def test_groups_are_matched_so_that_fewest_move() -> None:
    old = np.array([0, 0, 0, 1, 1, 2])
    new = np.array([2, 2, 1, 1, 1, 0])
    assert matched(new, old).tolist() == [2, 1, 0]


def test_a_group_without_a_past_gets_a_name_of_its_own() -> None:
    labels = np.array([0, 0, 1, 1, 2])
    names = inherited(labels, ["Mugs", "Soap", "Cups"], ["Cups", "Cups", "", "", ""])
    assert names == ["Cups", "Soap", "Cups 2"]


def test_company_brings_together_what_is_bought_together() -> None:
    rng = np.random.default_rng(0)
    basket = rng.integers(0, 2, 400)
    held = np.zeros((80, 400), dtype=np.float32)
    for order, kind in enumerate(basket):
        held[rng.choice(40, 6, replace=False) + 40 * kind, order] = 1
    found = factors(sparse.csr_matrix(held))
    assert found is not None
    inner = found @ found.T
    assert inner[:40, :40].mean() > inner[:40, 40:].mean() + 0.05


def test_company_is_told_from_orders_or_not_at_all(tmp_path: Path) -> None:
    with DuckDBEngine("1GB", tmp_path) as engine:
        engine.register("products", pa.table({"item_id": [f"{i:03d}" for i in range(100)]}))
        empty = pa.table(
            {"order_id": pa.array([], pa.string()), "item_id": pa.array([], pa.string())}
        )
        engine.register("lines", empty)
        assert company(engine) is None
        rng = np.random.default_rng(0)
        rows = [(f"o{o}", f"{i:03d}") for o in range(300) for i in rng.choice(100, 5)]
        orders, items = zip(*rows, strict=True)
        engine.register("lines", pa.table({"order_id": list(orders), "item_id": list(items)}))
        found = company(engine)
        assert found is not None
        assert found.shape[0] == 100


@pytest.mark.parametrize(("asked", "why"), [(24, "titles"), (30, "likeness")])
def test_another_number_of_categories_unsettles_the_tree(
    tmp_path: Path, asked: int, why: str
) -> None:
    runs = Runs(tmp_path)
    assert in_force(runs, PrepareSection()) is None
    draft = runs.draft()
    draft.table("catalogue", group(_table(_shop())))
    draft.json("manifest.json", {"config": {"prepare": {"categories": 24}}})
    draft.publish()
    tree = in_force(runs, PrepareSection(categories=asked))
    assert tree is not None
    assert set(tree["placed"].to_pylist()) == {why}


def test_a_run_without_a_tree_puts_nothing_in_force(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    draft = runs.draft()
    draft.table("catalogue", _table(_shop()))
    draft.json("manifest.json", {"config": {"prepare": {"categories": 24}}})
    draft.publish()
    assert in_force(runs, PrepareSection()) is None


def test_a_new_category_joins_the_department_it_is_like() -> None:
    own = [kind for kinds in KINDS.values() for kind in kinds for _ in STYLES]
    items = _table(_shop()).append_column("category", pa.array(own))
    before = group(items.slice(8), n_departments=3)
    after = group(items, n_departments=3, previous=before)
    assert after["department"][0].as_py() == after["department"][8].as_py()
    assert after.slice(8)["department"].equals(before["department"])


def test_few_own_categories_are_their_own_departments() -> None:
    own = pa.array(["A"] * 36 + ["B"] * 36)
    tree = group(_table(_shop()).append_column("category", own))
    assert tree["department"].equals(tree["category"])


def test_company_has_a_say_and_order_none() -> None:
    titles = _shop()
    say = np.random.default_rng(0).normal(size=(len(titles), 8))
    items = _table(titles)
    mixed = np.random.default_rng(1).permutation(len(titles))
    straight = group(items, 9, company=say)
    other = group(items.take(pa.array(mixed)), 9, company=say[mixed])
    assert other.sort_by("item_id").equals(straight.sort_by("item_id"))
