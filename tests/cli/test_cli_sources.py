"""Databases and collected events on the command line."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.api_server import call
from tests.cli.fake_shop import Run

from habitue.shop import Shop


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    file = tmp_path / "till.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE sales (order_id, sku, date, price, email, changed)")
        connection.execute(
            "INSERT INTO sales VALUES (1, 'A', '2024-05-01', 2.5, 'a@b.example', NULL)"
        )
    connection.close()
    shop = Shop.create(tmp_path)
    with (shop.folder / "habitue.toml").open("a") as settings:
        settings.write('[sources.till]\nurl = "env:TILL"\nquery = "SELECT * FROM sales"\n')
    monkeypatch.setenv("TILL", f"sqlite:///{file}")
    return f"sqlite:///{file}"


def test_a_database_is_imported_by_address_and_by_name(habitue: Run, database: str) -> None:
    status, out, err = habitue(
        "import", database, "--query", "SELECT * FROM sales", "--cursor", "changed"
    )
    assert (status, err.count("Error")) == (0, 0)
    assert "rows without a cursor 1" in out
    assert "accepted 1" in out
    status, out, _err = habitue("import", "@till", "--json")
    assert (status, json.loads(out)["files"][0]["repeated"]) == (0, 1)
    assert habitue("import", "@events")[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        ["sqlite:///x.db"],
        ["sqlite:///x.db", "orders.csv", "--query", "SELECT 1"],
        ["orders.csv", "--query", "SELECT 1"],
        ["@till", "--query", "SELECT 1"],
        ["@nothing"],
        ["@events", "--dry-run"],
    ],
)
def test_what_does_not_go_together_is_refused(
    habitue: Run, database: str, words: list[str]
) -> None:
    status, _out, err = habitue("import", *words)
    assert status == 2
    assert err


def test_serve_collects_until_it_is_stopped(tmp_path: Path) -> None:
    pytest.importorskip("uvicorn", reason="needs uvicorn")
    import socket

    shop = Shop.create(tmp_path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "habitue",
        "--shop",
        str(tmp_path),
        "serve",
        "--port",
        str(port),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        for _attempt in range(200):
            try:
                call(port, "/health", None, {}, "GET")
                break
            except OSError:
                time.sleep(0.1)
        event = {"event": "X", "anonymousId": "a", "writeKey": shop.write_key}
        assert call(port, "/v1/track", event)[1]["stored"] == 1
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1]
    assert f'data-key="{shop.write_key}"' in said
    assert "127.0.0.1" not in said.replace(f"127.0.0.1:{port}", "")
    assert len(list((tmp_path / "events").glob("*.jsonl"))) == 1
