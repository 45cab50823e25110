"""Builds the report: every section in every language, in one file that opens offline."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from habitue.locale import LANGUAGES, _, ngettext, use
from habitue.report.facts import Facts
from habitue.report.results import Results
from habitue.report.sections import (
    bundles,
    comments,
    data,
    hero,
    leaving,
    models,
    offers,
    quality,
    segments,
)
from habitue.wording import number

__all__ = ["build"]

#: What HTML calls our languages.
TAGS = {"en": "en", "zh": "zh-Hans"}

_SECTIONS = {
    "data": data,
    "segments": segments,
    "leaving": leaving,
    "bundles": bundles,
    "offers": offers,
    "comments": comments,
    "models": models,
    "quality": quality,
}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("habitue.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals.update(_=_, ngettext=ngettext, number=number)
    return environment


@cache
def _style() -> tuple[str, str]:
    """Return the style sheet and its hash, by which the page's policy lets it in."""
    text = files("habitue.report").joinpath("templates", "report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return text, f"sha256-{digest}"


def _article(facts: Facts, language: str) -> Markup:
    """Return the whole report in one language."""
    with use(language):
        names = {
            "data": _("The data"),
            "segments": _("Segments"),
            "leaving": _("Who is leaving"),
            "bundles": _("Bought together"),
            "offers": _("Offers"),
            "comments": _("Comments"),
            "models": _("The models"),
            "quality": _("Quality of the records"),
            "reading": _("How to read it"),
        }
        views: dict[str, Any] = {name: m.view(facts) for name, m in _SECTIONS.items()}
        template = _environment().get_template("article.html")
        return Markup(
            template.render(
                views,
                hero=hero.view(facts),
                language=language,
                tag=TAGS[language],
                names=names,
                minimum=facts.min_group,
            )
        )


def build(results: Results) -> str:
    """Return the report as one HTML page.

    It holds English and Chinese with a switch that needs no script, light and dark, and loads
    nothing from outside: its policy forbids all but its own style sheet.

    Parameters
    ----------
    results : Results
        A run's tables and summary; empty tables make honest sentences, not blanks.

    Examples
    --------
    >>> build(Results(tables={}, summary={"shop": "Tea & Co"})).splitlines()[0]
    '<!doctype html>'
    """
    facts = Facts(results)
    main = results.summary.get("language") or "en"
    main = main if main in LANGUAGES else "en"
    style, digest = _style()
    articles = [_article(facts, language) for language in LANGUAGES]
    with use(main):
        title = _("{shop}: customer report").format(shop=results.summary.get("shop") or "Habitué")
    return (
        _environment()
        .get_template("page.html")
        .render(
            title=title,
            main=main,
            tags=TAGS,
            languages=LANGUAGES,
            style=Markup(style),
            digest=digest,
            articles=articles,
        )
    )
