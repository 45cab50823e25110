"""What an import costs against DuckDB's own CSV to Parquet of the same file.

The import does everything that a first import does: finds out how the file is written, types and
checks every cell, puts pseudonyms in the place of identifiers and encrypts them, finds repeats,
writes and publishes the batch. DuckDB only reads and writes. Both run in processes of their own;
processor seconds, wall time and peak memory are the operating system's (``wait4``).

    python -m benchmarks.import_speed --rows 10000000

prints one JSON object last.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.main_job import measured

__all__ = ["main", "write_orders"]

_PEER = """
import duckdb, sys
con = duckdb.connect()
con.sql("SET memory_limit = '1500MB'")
con.sql(f"COPY (SELECT * FROM read_csv('{sys.argv[1]}')) TO '{sys.argv[2]}' (FORMAT parquet)")
"""


def write_orders(path: Path, rows: int, seed: int) -> None:
    """Write an order export: about three lines an order, and a customer for every ten orders."""
    orders = max(rows // 3, 1)
    customers = max(orders // 10, 1)
    con = duckdb.connect()
    con.sql("SET preserve_insertion_order = false")
    draw = "CAST(hash({what}, " + str(seed) + ") % {n} AS BIGINT)"
    customer = draw.format(what="order_no, 'c'", n=customers)
    seconds = draw.format(what="order_no, 't'", n=3 * 365 * 86400)
    item = draw.format(what="line, 'i'", n=20_000)
    pieces = draw.format(what="line, 'q'", n=5)
    con.sql(
        f"""
        COPY (
            WITH lines AS (SELECT range AS line, range // 3 AS order_no FROM range({rows})),
            drawn AS (
                SELECT line, order_no, {customer} AS customer, {item} AS item,
                    {pieces} + 1 AS quantity, TIMESTAMP '2023-01-01' + to_seconds({seconds}) AS time
                FROM lines
            )
            SELECT 'W' || (1000000 + order_no) AS "Order ID",
                strftime(time, '%Y-%m-%d %H:%M:%S') AS "Order date",
                'C' || customer AS "Customer ID",
                'person' || customer || '@mail.example' AS "Email",
                'SKU-' || item AS "SKU",
                'Product number ' || item || ', ' || (item % 7 + 1) || ' pieces' AS "Title",
                'Department ' || (item % 40) AS "Category",
                quantity AS "Quantity",
                printf('%.2f', 1 + (item % 5000) / 100.0) AS "Unit price",
                'GBP' AS "Currency",
                'United Kingdom' AS "Country",
                CASE WHEN line % 50 = 0 THEN 'cancelled' ELSE 'completed' END AS "Status"
            FROM drawn
        ) TO '{path}' (HEADER, DELIMITER ',')
        """
    )


def compare(source: Path, folder: Path, number: int) -> dict[str, Any]:
    """Import a file, and have DuckDB turn it into Parquet."""
    shop = folder / f"shop{number}"
    base = [sys.executable, "-m", "habitue"]
    measured([*base, "init", str(shop)], folder / "init.txt")
    command = [*base, "--shop", str(shop), "--json", "import", str(source)]
    ours = measured(command, folder / "import.json")
    report = json.loads((folder / "import.json").read_text(encoding="utf-8"))["files"][0]
    target = folder / f"peer{number}.parquet"
    theirs = measured([sys.executable, "-c", _PEER, str(source), str(target)], folder / "peer.txt")
    target.unlink()
    return {
        "habitue": ours,
        "duckdb": theirs,
        "rows": {name: report[name] for name in ("read", "accepted", "repeated", "rejected")},
        "cpu_ratio": round(ours["cpu"] / theirs["cpu"], 2),
    }


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--source", type=Path, help="a CSV file, in the place of a generated one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = options.source or folder / "orders.csv"
        if options.source is None:
            write_orders(source, options.rows, options.seed)
        runs = [compare(source, folder, number) for number in range(options.runs)]
        result = {
            "file_mb": round(source.stat().st_size / 1e6, 1),
            "runs": runs,
            "cpu_ratio": min(run["cpu_ratio"] for run in runs),
            "memory_mb": max(run["habitue"]["memory_mb"] for run in runs),
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
