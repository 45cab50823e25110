"""Identifiers in the one form in which they are compared. Never a form to send anything to.

What a mailbox provider ignores in an address is taken out: dots and ``+tag`` at Gmail, ``+tag``
where a provider has it, ``-tag`` at Yahoo. The rules stand in ``docs/identity.md``.
"""

from __future__ import annotations

import re
import unicodedata

from habitue.protect.names import name_form
from habitue.protect.phones import phone_form

__all__ = ["is_role", "normalised"]

#: Names of one provider's domains: an account is the same under each.
_SAME = {
    "googlemail.com": "gmail.com",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "ya.ru": "yandex.ru",
    "yandex.com": "yandex.ru",
    "pm.me": "proton.me",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
}
_PLUS = frozenset(
    "gmail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de live.com live.co.uk "
    "msn.com icloud.com fastmail.com fastmail.fm proton.me yandex.ru zoho.com mailbox.org "
    "posteo.de gmx.com tutanota.com tuta.com hey.com".split()
)
_DOTS = frozenset(["gmail.com"])
_HYPHEN = re.compile(
    r"yahoo\.(?:com|co\.[a-z]{2}|[a-z]{2}|com\.[a-z]{2})|ymail\.com|rocketmail\.com"
)
#: Names of nobody: what a form or a till puts where there is no address.
_NOBODY = frozenset(
    "noreply no-reply no_reply donotreply do-not-reply do_not_reply mailer-daemon none null nil "
    "na n.a unknown noemail no-email no_email nomail nobody anonymous".split()
)
#: Names of desks, where they are not at a provider for persons.
_ROLES = frozenset(
    "info sales office contact hello support service services admin administrator webmaster "
    "postmaster hostmaster abuse mail email team shop store order orders billing account accounts "
    "accounting invoice invoices marketing press help helpdesk enquiries inquiries enquiry "
    "reception hr jobs customerservice customer-service customercare kefu cs feedback general "
    "purchasing procurement finance service-client kontakt buero post".split()
)
_PERSONAL = frozenset(
    "gmail.com outlook.com hotmail.com live.com msn.com icloud.com yahoo.com qq.com 163.com "
    "126.com sina.com sohu.com foxmail.com aol.com gmx.de gmx.net web.de mail.ru yandex.ru "
    "proton.me".split()
)
#: What exports write where there is no customer number.
_BLANKS = frozenset(
    "0 -1 null none nil nan na n/a n.a. guest anonymous unknown undefined - -- 无 匿名 游客".split()
)


def normalised(kind: str, value: str, hints: tuple[str, ...] = ()) -> str:
    """Return an identifier as it is compared; empty where it can't tell who someone is.

    Parameters
    ----------
    kind : str
        One of ``habitue.columns.IDENTIFIERS``.
    value : str
        As it was written.
    hints : tuple of str
        Countries of a telephone number without a prefix: see `habitue.protect.phones.phone_form`.

    Examples
    --------
    >>> normalised("email", " A.Nn+news@GoogleMail.com"), normalised("email", "no-reply@x.com")
    ('ann@gmail.com', '')
    >>> normalised("phone", "07700 900123", ("GB",)), normalised("customer_id", "guest")
    ('+447700900123', '')
    """
    text = unicodedata.normalize("NFKC", value).strip().casefold()
    if kind == "email":
        return _email(text)
    if kind == "phone":
        return phone_form(text, hints)
    if kind == "name":
        return name_form(value)
    if kind == "handle":
        text = text.lstrip("@")
    return "" if text in _BLANKS else text


def _email(text: str) -> str:
    text = text.removeprefix("mailto:").strip(" <>\"'.,;")
    local, at, domain = text.partition("@")
    local, domain = local.strip("."), domain.rstrip(".")
    if not (at and local and "." in domain) or "@" in domain or "*" in text or " " in text:
        return ""
    if not domain.isascii():
        domain = _ascii(domain)
    domain = _SAME.get(domain, domain)
    if domain in _PLUS:
        local = local.partition("+")[0]
    if domain in _DOTS:
        local = local.replace(".", "")
    if "-" in local and _HYPHEN.fullmatch(domain):
        local = local.partition("-")[0]
    return "" if not local or local in _NOBODY else f"{local}@{domain}"


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def is_role(email: str) -> bool:
    """Say whether a compared address is a desk's, not a person's.

    >>> is_role("info@corner.example"), is_role("info@gmail.com"), is_role("ann@corner.example")
    (True, False, False)
    """
    local, _at, domain = email.partition("@")
    return local in _ROLES and domain not in _PERSONAL
