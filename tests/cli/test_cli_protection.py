from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from tests.cli.fake_shop import Run

from habitue import Shop

ANN = "ann@example.com"


@pytest.fixture
def run(habitue: Run, tmp_path: Path) -> Run:
    Shop.create(tmp_path)
    return habitue


def test_consents_are_recorded_and_shown(run: Run) -> None:
    assert run("consent", "grant", ANN, "--channel", "email", "--source", "form")[0] == 0
    status, out, _err = run("consent", "object", ANN, "--source", "letter", "--json")
    assert (status, json.loads(out)["state"]) == (0, "objected")
    status, out, _err = run("consent", "show", ANN)
    assert status == 0
    assert all(word in out for word in ("marketing", "e-mail", "yes", "no: objection", "letter"))
    document = json.loads(run("consent", "show", ANN, "--json")[1])
    assert [row["state"] for row in document["history"]] == ["granted", "objected"]


def test_double_opt_in_and_suppression_have_their_words(run: Run) -> None:
    asked = ("consent", "grant", ANN, "--source", "form", "--time", "2026-01-02")
    assert (
        json.loads(run(*asked, "--double-opt-in", "requested", "--json")[1])["state"] == "requested"
    )
    assert run(*asked, "--double-opt-in", "maybe")[0] == 2
    assert run("consent", "grant", ANN, "--source", "form", "--time", "soon")[0] == 2
    done = run("consent", "withdraw", ANN, "--source", "bounce", "--suppress", "--json")
    assert json.loads(done[1])["state"] == "suppressed"
    assert "no: suppressed" in run("consent", "withdraw", ANN, "--source", "form")[2]


def test_a_list_is_imported_and_the_ledger_exported(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("email,consent,date\nann@example.com,yes,2024-05-01\n", encoding="utf-8")
    assert run("consent", "import", path)[0] == 0
    (row,) = json.loads(run("consent", "export", "--json")[1])["consents"]
    assert (row["state"], row["channel"]) == ("granted", "email")
    status, _out, err = run("consent", "export", "-o", tmp_path / "out.csv", "--reveal")
    assert (status, "1 entries" in err) == (0, True)
    assert ANN in (tmp_path / "out.csv").read_text(encoding="utf-8")


def test_nothing_said_is_a_no(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("email,name,joined\nann@example.com,Ann,2024-05-01\n", encoding="utf-8")
    run("import", path)
    assert "no" in run("consent", "show", ANN)[1]


def test_the_log_is_shown_and_verified(run: Run, tmp_path: Path) -> None:
    run("consent", "grant", ANN, "--source", "form")
    assert "purpose marketing" in " ".join(run("audit", "show", "--action", "consent")[1].split())
    head = run("audit", "head")[1].strip()
    assert json.loads(run("audit", "head", "--json")[1])["head"] == head
    status, out, err = run("audit", "verify")
    assert (status, "nothing was altered" in out, "--head" in err) == (0, True, True)
    assert run("audit", "verify", "--head", head)[0] == 0
    with sqlite3.connect(tmp_path / "state" / "state.db") as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET actor = 'nobody'")
    status, out, _err = run("audit", "verify", "--head", head)
    assert (status, "altered" in out) == (1, True)
    assert not json.loads(run("audit", "verify", "--json")[1])["sound"]
    assert run("audit", "verify", "--head", "7")[0] == 2


def test_entries_about_one_person_are_found(run: Run) -> None:
    run("consent", "grant", ANN, "--source", "form")
    run("consent", "grant", "bob@example.com", "--source", "form")
    entries = json.loads(run("audit", "show", "--customer", ANN, "--json")[1])["entries"]
    assert len(entries) == 1


def test_the_master_key_is_shown_and_changed(run: Run, tmp_path: Path) -> None:
    run("consent", "grant", ANN, "--source", "form")
    before = json.loads(run("key", "show", "--json")[1])
    assert "master.key" in run("key", "show")[1].replace("\n", "")
    status, _out, err = run("key", "rotate")
    assert (status, "changed" in err) == (0, True)
    assert json.loads(run("key", "show", "--json")[1])["id"] != before["id"]
    assert json.loads(run("key", "rotate", "--json")[1]) == {"generation": 3, "moved": 1}
    new = tmp_path / "new.key"
    new.write_text("bm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm4=", encoding="ascii")
    new.chmod(0o600)
    assert "key_command" in run("key", "rotate", "--new-file", new)[2]
    assert run("consent", "show", ANN)[0] == 1


def test_groups_of_commands_show_help_in_the_language_in_force(run: Run) -> None:
    for group in ("consent", "audit", "key"):
        assert run(group, "--help")[0] == 0
    assert "用法" in run("--lang", "zh", "audit", "--help")[1]
