"""The commented ``habitue.toml`` of a new shop, in the language in force.

Every setting stands there with its default, commented out: what a person switches on is theirs,
and a later default still reaches everyone who left it alone.
"""

from __future__ import annotations

import json

from habitue.config import Config
from habitue.locale import _

__all__ = ["settings_file"]


def settings_file(name: str = "", currency: str = "", language: str = "") -> str:
    """Return the text of a new shop's settings.

    Parameters
    ----------
    name : str
        The shop's name.
    currency : str
        ISO 4217 code of the prices, where the exports don't say it.
    language : str
        Language of the report and the command line: en, zh, or empty for the reader's own.

    Examples
    --------
    >>> settings_file("Corner shop").splitlines()[4]
    'name = "Corner shop"               # the name that the report bears'
    """
    given = {"shop": {"name": name, "currency": currency, "language": language}}
    lines = [
        "# " + _("Settings of this shop. A line that starts with # has no effect; it shows the"),
        "# " + _("default. An environment variable wins, for instance HABITUE_RUN_SEED=3."),
    ]
    defaults = Config().model_dump(mode="json", by_alias=True)
    notes = _notes()
    for section, values in defaults.items():
        if section == "sources":
            continue
        lines += ["", f"[{section}]"]
        for key, default in values.items():
            value = given.get(section, {}).get(key)
            shown = f"{key} = {_toml(value)}" if value else f"# {key} = {_toml(default)}"
            lines.append(f"{shown:<34} # {notes.get(f'{section}.{key}', '')}")
    lines += ["", *_source()]
    return "\n".join(lines) + "\n"


def _source() -> list[str]:
    """Show how a database is named; there is none by default."""
    notes = {
        "[sources.orders]": _("a database's query; habitue import @orders"),
        'url = "env:ORDERS_URL"': _("the environment variable that holds its address"),
        'query = "SELECT * FROM orders"': _("one SELECT; nothing is ever written there"),
        'cursor = "updated_at"': _("a column that grows: later imports go on from there"),
    }
    return [f"{'# ' + line:<34} # {note}" for line, note in notes.items()]


def _toml(value: object) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{key} = {_toml(part)}" for key, part in value.items())
        return "{" + f" {inside} " + "}" if inside else "{}"
    return json.dumps(value, ensure_ascii=False)


def _notes() -> dict[str, str]:
    return {
        "shop.name": _("the name that the report bears"),
        "shop.currency": _("currency of prices without one, for instance GBP or CNY"),
        "shop.timezone": _("time zone of times without one, for instance Europe/London"),
        "shop.country": _("country of telephone numbers without a prefix, for instance GB or CN"),
        "shop.language": _("en or zh; empty: the reader's own"),
        "prepare.service_items": _("item codes that are no products: postage, fees, gift wrap"),
        "prepare.internal": _("the company's own: people (e-mail, number), parts of user agents"),
        "prepare.rates": _("worth of one unit of another currency, for instance { EUR = 0.85 }"),
        "prepare.categories": _("how many categories to make when the export has none"),
        "prepare.cart_weight": _("what putting in the cart counts against buying (1)"),
        "prepare.view_weight": _("what looking counts against buying (1)"),
        "identity.handles": _("join people by names on platforms: only with their opt-in"),
        "identity.probabilistic": _("before each run, also join people who are alike beyond doubt"),
        "schedule.import": _("folders to watch, @names of databases to import before a run"),
        "schedule.run": _("when to run: hourly, daily 03:00, weekly mon 03:00, monthly 1 03:00"),
        "schedule.interval": _("seconds without a change after which a file is complete"),
        "run.seed": _("the same seed and records give the same results"),
        "run.horizon_days": _("days ahead that loyalty looks"),
        "run.memory_limit": _("what the engine may hold before it spills to disk"),
        "run.threads": _("processor cores to use; 0: all"),
        "run.keep": _("how many runs to keep"),
        "retention.purchases": _("how long to keep orders: 400d, 56w, 18m, 3y; empty: for ever"),
        "retention.views": _("how long to keep page views"),
        "retention.comments": _("how long to keep comments"),
        "retention.posts": _("how long to keep the figures of posts"),
        "segments.max_segments": _("at most so many segments"),
        "segments.bootstraps": _("samples that test how stable the segments are"),
        "rules.min_support": _("least share of baskets that hold a rule; 0: fitted to the data"),
        "rules.min_confidence": _("least share of baskets in which a rule comes true"),
        "rules.max_length": _("most products in a rule"),
        "events.write_key": _("key that web pages send events with; empty: made and kept for you"),
        "events.origins": _("pages that may send events, for instance https://shop.example"),
        "events.internal": _("networks whose events are left out: your own office"),
        "events.keep_ip": _("keep visitors' network addresses"),
        "events.consent": _("the consent category that events need"),
        "events.need_consent": _("take no event that does not say it has that consent"),
        "events.import_minutes": _("minutes between imports of what was collected; 0: by hand"),
        "recommend.n": _("recommendations for each customer"),
        "recommend.folds": _("folds of the cross-validation"),
        "consent.double_opt_in": _("count a consent only when it was confirmed"),
        "consent.policy": _("version of the privacy policy that people are shown now"),
        "protect.min_group": _("groups of fewer people have no number in reports and counts"),
        "protect.key_file": _("file of the master key; empty: state/master.key"),
        "protect.key_command": _("command that prints the master key, for instance pass shop/key"),
    }
