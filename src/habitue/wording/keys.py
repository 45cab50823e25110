"""Names, meanings and advice for the keys that results hold: groups, bands, models, metrics."""

from __future__ import annotations

from habitue.locale import _

__all__ = [
    "BANDS",
    "GROUPS",
    "accounting_reason",
    "band",
    "band_meaning",
    "category",
    "higher_is_better",
    "holder",
    "metric",
    "model",
    "plain",
    "protocol",
    "rfm_action",
    "rfm_group",
    "rfm_meaning",
    "stage",
    "task",
]

#: RFM groups, the most worth first.
GROUPS = (
    "champions",
    "loyal",
    "active",
    "new",
    "promising",
    "needs_attention",
    "at_risk",
    "previously_loyal",
    "almost_lost",
    "dormant",
    "prospects",
)

#: Loyalty bands, the most loyal first.
BANDS = ("loyal", "steady", "wavering", "leaving", "gone")


def plain(key: str) -> str:
    """Return a key that has no wording as readable as it gets.

    >>> plain("other_currency")
    'other currency'
    """
    return key.replace("_", " ")


def category(name: str) -> str:
    """Return a category's name; only the one for what is like nothing else is ours to word.

    >>> category("Mugs"), category("other")
    ('Mugs', 'Other')
    """
    return _("Other") if name == "other" else name


def rfm_group(key: str) -> str:
    """Return an RFM group's name in the trade.

    >>> rfm_group("needs_attention")
    'Needs attention'
    """
    return {
        "champions": _("Champions"),
        "loyal": _("Loyal"),
        "active": _("Active"),
        "new": _("New"),
        "promising": _("Promising"),
        "needs_attention": _("Needs attention"),
        "at_risk": _("At risk"),
        "previously_loyal": _("Previously loyal"),
        "almost_lost": _("Almost lost"),
        "dormant": _("Dormant"),
        "prospects": _("Prospects"),
    }.get(key, plain(key))


def rfm_meaning(key: str) -> str:
    """Return one line on who is in an RFM group; empty for an unknown one."""
    return {
        "champions": _("Bought very recently, very often, and spent the most"),
        "loyal": _("Buy often and spend well, most of them lately"),
        "active": _("Bought lately, with a middling number of orders"),
        "new": _("Placed their first order only lately"),
        "promising": _("Bought fairly recently, but not often yet"),
        "needs_attention": _("Middling in everything, and it has been a while"),
        "at_risk": _("Used to buy well, and have not come for some time"),
        "previously_loyal": _("Were among the best, and have long been away"),
        "almost_lost": _("Bought little, and not for some time"),
        "dormant": _("Bought little, and not for a long time"),
        "prospects": _("Known to the shop, and have not bought yet"),
    }.get(key, "")


def rfm_action(key: str) -> str:
    """Return what to do for an RFM group; empty for an unknown one."""
    return {
        "champions": _("Thank them, show them new things first, ask for reviews. No discounts."),
        "loyal": _("Offer a loyalty scheme and what goes with their favourites."),
        "active": _("Suggest what people like them buy next, to make it a habit."),
        "new": _("Welcome them and help with the second order within a month."),
        "promising": _("Remind them of what they looked at; a small gift with the next order."),
        "needs_attention": _("A timely offer from their favourite category."),
        "at_risk": _("Write personally, ask what went wrong, make one good offer."),
        "previously_loyal": _("Win them back with what is new since they left."),
        "almost_lost": _("One low-cost reminder; spend the budget elsewhere."),
        "dormant": _("Leave them in peace, or one seasonal message a year."),
        "prospects": _("An easy first order: a best-seller, a sample, free delivery."),
    }.get(key, "")


def band(key: str) -> str:
    """Return a loyalty band's name.

    >>> band("wavering")
    'Wavering'
    """
    return {
        "loyal": _("Loyal"),
        "steady": _("Steady"),
        "wavering": _("Wavering"),
        "leaving": _("Leaving"),
        "gone": _("Gone"),
    }.get(key, plain(key))


def band_meaning(key: str) -> str:
    """Return one line on a loyalty band; empty for an unknown one."""
    return {
        "loyal": _("Come back by themselves"),
        "steady": _("Order at their usual rhythm"),
        "wavering": _("Later than usual: a good moment for an offer"),
        "leaving": _("Long overdue: the last chance to win them back"),
        "gone": _("Most likely buy elsewhere by now"),
    }.get(key, "")


def model(name: str) -> str:
    """Return a model's name for readers.

    >>> model("itemknn"), model("my_own")
    ('Item neighbours', 'my own')
    """
    return {
        "popular": _("Best-sellers"),
        "userknn": _("Customer neighbours"),
        "itemknn": _("Item neighbours"),
        "als": _("Matrix factorisation (ALS)"),
        "ease": _("Linear autoencoder (EASE)"),
        "graph": _("Graph walk"),
        "content": _("Words and categories"),
        "rules": _("Association rules"),
        "again": _("Buy again"),
        "hybrid": _("Hybrid"),
        "bgnbd": _("BG/NBD (statistical)"),
        "bg_nbd": _("BG/NBD (statistical)"),
        "naive_bayes": _("Naive Bayes"),
        "bayes": _("Naive Bayes"),
        "svm": _("Support vector machine"),
        "logistic": _("Logistic regression"),
        "trees": _("Boosted trees"),
        "tree": _("Decision tree"),
        "baseline": _("Same chance for all"),
        "prior": _("Same chance for all"),
        "rate": _("Same chance for all"),
    }.get(name, plain(name))


def metric(key: str) -> str:
    """Return a metric's name.

    >>> metric("ndcg@10"), metric("log_loss")
    ('nDCG@10', 'Log loss')
    """
    name, at, k = key.partition("@")
    text = {
        "ndcg": _("nDCG"),
        "recall": _("Recall"),
        "precision": _("Precision"),
        "hit_rate": _("Hit rate"),
        "hit": _("Hit rate"),
        "mrr": _("Mean reciprocal rank"),
        "map": _("Mean average precision"),
        "coverage": _("Catalogue coverage"),
        "novelty": _("Novelty"),
        "log_loss": _("Log loss"),
        "auc": _("AUC"),
        "brier": _("Brier score"),
        "ece": _("Calibration error (ECE)"),
    }.get(name, plain(name))
    return f"{text}{at}{k}"


def higher_is_better(key: str) -> bool:
    """Say whether more of a metric is better.

    >>> higher_is_better("ndcg@10"), higher_is_better("log_loss")
    (True, False)
    """
    return key.partition("@")[0] not in {"log_loss", "brier", "ece"}


def protocol(key: str) -> str:
    """Return how a model was tested.

    >>> protocol("time")
    'Through time'
    """
    return {"kfold": _("k-fold"), "time": _("Through time")}.get(key, plain(key))


def task(key: str) -> str:
    """Return what a model is for."""
    return {
        "recommend": _("What to recommend"),
        "repurchase": _("Who will buy again"),
    }.get(key, plain(key))


def stage(key: str) -> str:
    """Return a stage of the accounting of rows."""
    return {
        "read": _("Reading the files"),
        "select": _("Choosing what counts"),
        "prepare": _("Service lines and returns"),
    }.get(key, plain(key))


def accounting_reason(key: str) -> str:
    """Return why rows were kept or set aside.

    >>> accounting_reason("no_customer"), accounting_reason("too_odd")
    ('no customer named', 'too odd')
    """
    return {
        "accepted": _("accepted"),
        "repeated": _("already imported before"),
        "gone": _("gone since: erased, or past their time"),
        "rejected": _("could not be read"),
        "counted": _("counted: known customer, not cancelled, quantity and price above zero"),
        "cancelled": _("cancelled order"),
        "returned": _("sent back"),
        "no_price": _("price zero or below"),
        "no_quantity": _("quantity zero or below"),
        "no_customer": _("no customer named"),
        "other_currency": _("another currency, no rate given"),
        "after_cut": _("after the cut-off"),
        "robot": _("a robot's, by its user agent"),
        "heard": _("listened to"),
        "own_words": _("the shop's own words"),
        "not_profiled": _("from a platform that forbids profiles"),
        "too_fast": _("faster than a person looks at pages"),
        "crawler": _("looked at everything, and never bought"),
        "internal": _("the company's own"),
        "echo": _("the same again at once: a double click, a reload"),
        "sale": _("sold products"),
        "guest_sale": _("sold products, no customer named"),
        "service_line": _("service lines: postage, fees, manual entries"),
        "returned_in_full": _("sold, then returned in full"),
        "reduced_by_return": _("sold, then returned in part"),
    }.get(key, plain(key))


def holder(key: str) -> str:
    """Return what a place that holds personal data has of a person.

    >>> holder("consents"), holder("outbox")
    ('what they agreed to', 'outbox')
    """
    return {
        "vault": _("who they are"),
        "links": _("what joins their identities"),
        "consents": _("what they agreed to"),
        "records": _("what they bought, looked at and wrote"),
        "staging": _("unfinished imports"),
        "rejects": _("rows that could not be imported"),
        "runs": _("what was concluded about them"),
        "events": _("visits that are not yet imported"),
        "unpacked": _("unpacked archives"),
    }.get(key, plain(key))
