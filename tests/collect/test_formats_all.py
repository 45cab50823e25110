"""All export formats together: none without samples and a page, none for what it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contracts.export_format import claimed_by, imported
from tests.samples.base import formats, generators, module_of

from habitue.collect.demo import write_shop

DOCS = Path(__file__).parents[2] / "docs" / "formats"
GENERIC = {
    "orders": "order,sku,date,price,email\n1,A,2024-05-01,2.50,a@b.example\n",
    "chinese orders": "订单编号,商品名称,数量,单价,下单时间,买家手机\n"
    "1,杯子,2,3.50,2024-05-01,13812345678\n",
    "retail": "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    "536365,85123A,MUG,6,2011-03-01 08:26:00,2.55,17850,United Kingdom\n",
    "comments": 'comment,author,created_at,stars\n"Lovely, really",ann,2024-05-01,5\n',
    "events": "event,user_id,timestamp,product_id\nview,7,2024-05-01 10:00:00,A\n",
    "customers": "Email,First Name,Last Name,City\na@b.example,Ann,Lee,York\n",
    "products": "sku,title,price,category\nA,Mug,2.50,Kitchen\n",
}


@pytest.mark.parametrize("name", sorted(module_of(kind) for kind in formats().values()))
def test_a_format_has_samples_and_a_page(name: str) -> None:
    assert name in generators(), f"write tests/samples/{name}.py"
    assert (DOCS / f"{name}.md").is_file(), f"write docs/formats/{name}.md"


def test_every_generator_belongs_to_a_format_and_every_page_is_in_the_index() -> None:
    assert set(generators()) <= {module_of(kind) for kind in formats().values()}
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    for page in DOCS.glob("*.md"):
        assert page.stem == "README" or f"({page.name})" in index


@pytest.mark.parametrize("name", GENERIC)
def test_a_table_made_by_hand_is_of_no_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(GENERIC[name], encoding="utf-8")
    assert claimed_by(path) == set()
    assert imported(path).records


def test_the_sample_shops_exports_are_of_no_format(tmp_path: Path) -> None:
    shop = write_shop(tmp_path, customers=60, seed=1)
    for path in sorted(shop.exports.iterdir()):
        assert claimed_by(path) == set(), path.name


def test_a_part_that_finds_none_of_its_columns_still_counts_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "tweets.js"
    path.write_text('window.YTD.tweets.part0 = [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]')
    got = imported(path)
    assert got.kept_lines == got.read_lines == {1, 2}
