"""What Python's csv module writes, in any dialect and encoding, is read back equal."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habitue.collect.files import open_source

TEXT = st.text(
    st.one_of(
        st.sampled_from("\",;\n\r\t 'x1é中"),
        st.characters(
            min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc", "Cn"]
        ),
    ),
    max_size=12,
).filter(lambda t: not (set(t) & set("\x85\u2028")))


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(st.tuples(TEXT, TEXT, st.integers(0, 10**6)), min_size=1, max_size=12),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    ending=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_round_trip(
    tmp_path: Path,
    rows: list[tuple[str, str, int]],
    delimiter: str,
    quoting: Literal[0, 1, 2],
    ending: str,
    encoding: str,
) -> None:
    if quoting == csv.QUOTE_MINIMAL:  # which leaves a lone return without quotes
        rows = [(a.replace("\r", ""), b.replace("\r", ""), c) for a, b, c in rows]
    cells = [[f"id{n}", title, text, str(number)] for n, (title, text, number) in enumerate(rows)]
    cells += [[f"id{n}", "plain", "text", "7"] for n in range(60)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=ending)
    writer.writerow(["order_id", "title", "description", "quantity"])
    writer.writerows(cells)
    path = tmp_path / "t.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    source = open_source(path)
    assert source.columns == ["order_id", "title", "description", "quantity"]
    raws = list(source.batches())
    assert [r for raw in raws for r in raw.rejected] == []
    back = [list(row.values()) for raw in raws for row in raw.table.to_pylist()]
    assert back == cells
