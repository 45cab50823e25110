"""A person's file: as JSON for machines, and as a page that the person can read."""

from __future__ import annotations

import html
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from habitue.locale import _
from habitue.wording import holder

__all__ = ["write_person_file"]


def write_person_file(content: dict[str, Any], folder: Path, name: str) -> tuple[Path, Path]:
    """Write a person's file as ``NAME.json`` and ``NAME.html``, readable by their owner only."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / f"{name}.json", folder / f"{name}.html"
    texts = json.dumps(content, ensure_ascii=False, indent=1, default=_plain), _page(content)
    for path, text in zip(paths, texts, strict=True):
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(text, encoding="utf-8")
    return paths


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _page(content: dict[str, Any]) -> str:
    """Return the file as a page without scripts, a table for each kind of rows."""
    parts = [
        "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>{html.escape(_('What is held about you'))}</title>",
        "<style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:70rem;padding:0 1rem}"
        "div{overflow-x:auto}table{border-collapse:collapse}"
        "td,th{border:1px solid #ccc;padding:.2rem .5rem;text-align:left;vertical-align:top}"
        "</style>",
        f"<h1>{html.escape(_('What is held about you'))}</h1>",
        f"<p>{html.escape(content['made'][:10])}</p>",
    ]
    for name, rows in content["held"].items():
        parts.append(f"<h2>{html.escape(holder(name))}</h2>")
        for kind in dict.fromkeys(row.get("table", "") for row in rows):
            parts += _table(kind, [row for row in rows if row.get("table", "") == kind])
    return "\n".join(parts) + "\n"


def _table(kind: str, rows: list[dict[str, Any]]) -> list[str]:
    columns = [
        name
        for name in dict.fromkeys(name for row in rows for name in row)
        if name != "table" and any(row.get(name) not in (None, "") for row in rows)
    ]
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    body = [
        "<tr>" + "".join(f"<td>{_cell(row.get(name))}</td>" for name in columns) + "</tr>"
        for row in rows
    ]
    title = f"<h3>{html.escape(kind)}</h3>" if kind else ""
    return [title, "<div><table>", f"<tr>{head}</tr>", *body, "</table></div>"]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return html.escape(str(_plain(value) if isinstance(value, date | datetime) else value))
