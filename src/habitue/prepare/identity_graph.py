"""Who is one person: connected components of pseudonyms that hold an identifier in common.

Identifiers are taken a kind at a time, the most trusted first, so that when a telephone's turn
comes it is known which customers stand behind it. One with too many people behind it, or with
people of different names, is shared: nobody is merged through it who has another name.
The rules are in ``docs/identity.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from habitue.prepare.identity_apart import keep_apart
from habitue.prepare.identity_evidence import Evidence, Flags, Ints, Said
from habitue.protect.sightings import JOINING

__all__ = ["LIMITS", "Resolution", "Step", "resolve"]

#: An identifier behind which more people stand than this is nobody's: a till's made-up telephone,
#: a firm's reception, a computer in a library.
LIMITS = {"customer_id": 50, "email": 5, "phone": 6, "visitor": 1, "handle": 2}
#: The same where no names tell people apart.
_NAMELESS = {"customer_id": 50, "email": 4, "phone": 3, "visitor": 1, "handle": 1}


@dataclass(frozen=True)
class Step:
    """What joined pseudonyms: ``who`` hold the identifier ``node``, of one name (``group``)."""

    kind: str
    who: Ints
    node: Ints
    group: Ints


@dataclass
class Resolution:
    """Who is one person.

    Attributes
    ----------
    person : ndarray of shape (n_pseudonyms,)
        The place of the pseudonym that stands for each one's person: the first.
    shared : dict of str to (ndarray, ndarray)
        By kind, the identifiers that were not merged through, and how many people are behind each.
    steps : list of Step
        What joined them, in the order of trust; empty unless asked for.
    nobody : ndarray of shape (n_pseudonyms,)
        Whether all that a pseudonym holds are identifiers of too many people: its rows are not
        about one person, and there is no telling about whom.
    """

    person: Ints
    nobody: Flags
    shared: dict[str, tuple[Ints, Ints]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)


def resolve(
    graph: Evidence, said: Said, *, handles: bool = False, keep_steps: bool = False
) -> Resolution:
    """Find which pseudonyms are one person.

    Parameters
    ----------
    graph : Evidence
        Which identifiers each pseudonym holds.
    said : Said
        What was said by hand and by the model.
    handles : bool
        Whether a name on a platform joins; only with the person's opt-in.
    keep_steps : bool
        Whether to keep what joined whom.

    Examples
    --------
    Three rows of records: the telephone of the first is that of the second, of the same name; the
    third has the second's e-mail address.

    >>> graph = Evidence(
    ...     customers=np.array([11, 12, 13]), who=np.array([0, 1, 1, 2]),
    ...     node=np.array([0, 0, 1, 1]), kind=np.array([2, 2, 1, 1], dtype=np.int8),
    ...     party=np.array([0, 0, 0, -1], dtype=np.int32), desk=np.zeros(4, dtype=bool), nodes=2)
    >>> none = np.empty((0, 2), dtype=np.int64)
    >>> resolve(graph, Said(none, none, none)).person
    array([0, 0, 0])
    """
    keep = keep_steps or len(said.apart) > 0
    size = len(graph.customers)
    found = Resolution(np.arange(size), np.zeros(size, dtype=bool))
    _join_pairs(found, said.hand, "hand", keep)
    joining = _repeated(graph)
    for at, kind in enumerate(JOINING):
        if kind != "handle" or handles:
            layer = np.flatnonzero(joining & (graph.kind == at))
            _join_layer(found, graph, kind, layer, keep)
    _join_pairs(found, said.match, "match", keep)
    found.nobody = _nobodies(found, graph)
    if len(said.apart):
        found.person = keep_apart(found.person, found.steps, said.apart)
    if not keep_steps:
        found.steps = []
    return found


def _nobodies(found: Resolution, graph: Evidence) -> Flags:
    """Say which pseudonyms hold nothing but identifiers of a crowd, and are joined to nobody."""
    crowd = np.zeros(graph.nodes, dtype=bool)
    for kind, (shared, people) in found.shared.items():
        crowd[shared[people > LIMITS[kind]]] = True
    held = np.zeros(len(found.person), dtype=bool)
    held[graph.who[~crowd[graph.node]]] = True
    alone: Flags = np.bincount(found.person, minlength=len(held))[found.person] == 1
    return ~held & alone


def _repeated(graph: Evidence) -> Flags:
    """Say which edges lead to an identifier that several pseudonyms hold."""
    return (np.bincount(graph.node, minlength=graph.nodes) > 1)[graph.node]


def _join_pairs(found: Resolution, pairs: Ints, kind: str, keep: bool) -> None:
    if not len(pairs):
        return
    number = np.repeat(np.arange(len(pairs)), 2)
    _merge(found, pairs.ravel(), number)
    if keep:
        found.steps.append(Step(kind, pairs.ravel(), np.full(2 * len(pairs), -1), number))


def _join_layer(found: Resolution, graph: Evidence, kind: str, layer: Ints, keep: bool) -> None:
    """Join through all identifiers of one kind, as the rules have it."""
    who, node, party = graph.who[layer], graph.node[layer], graph.party[layer].astype(np.int64)
    layers = _Layer(found.person, graph, kind, who, node, party, graph.desk[layer])
    chosen, group, shared, people = layers.decide()
    if len(shared):
        found.shared[kind] = (shared, people)
    if not len(chosen):
        return
    _merge(found, who[chosen], group)
    if keep:
        found.steps.append(Step(kind, who[chosen], node[chosen], group))


def _merge(found: Resolution, who: Ints, group: Ints) -> None:
    """Make one person of all that are in one group; the first stands for them."""
    found.person = _united(found.person, found.person[who], group)


def _united(person: Ints, members: Ints, group: Ints) -> Ints:
    from scipy.sparse import coo_array  # slow to import
    from scipy.sparse.csgraph import connected_components

    labels, place = np.unique(members, return_inverse=True)
    _groups, number = np.unique(group, return_inverse=True)
    size = len(labels) + int(number.max(initial=-1)) + 1
    ones = np.ones(len(place), dtype=np.int8)
    edges = coo_array((ones, (place, number + len(labels))), shape=(size, size))
    _count, component = connected_components(edges, directed=False)
    first = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(first, component[: len(labels)], labels)
    stands = np.arange(len(person))
    stands[labels] = first[component[: len(labels)]]
    return stands[person]


class _Layer:
    """The identifiers of one kind, when those more trusted have been joined."""

    def __init__(
        self,
        person: Ints,
        graph: Evidence,
        kind: str,
        who: Ints,
        node: Ints,
        party: Ints,
        desk: Flags,
    ) -> None:
        self.kind = kind
        self.person = person[who]
        self.nodes, self.node = np.unique(node, return_inverse=True)
        self.party = party
        self.desk = np.zeros(len(self.nodes), dtype=bool)
        self.desk[self.node[desk]] = True
        trusted = JOINING.index(kind)
        self.account = _holding(person, graph, graph.kind < trusted)[self.person]
        # Both a customer number and a mailbox: two of these are two people, unless names say not.
        self.full = (
            _holding(person, graph, graph.kind == 0) & _holding(person, graph, graph.kind == 1)
        )[self.person]
        self.named = _holding(person, graph, graph.party >= 0)[self.person]
        self.mailboxes = _mailboxes(graph, self.nodes) if trusted == 0 else None

    def decide(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Return the edges that join, by what group, the shared identifiers, and their people."""
        several = self._distinct(self.person) > 1
        parties = self._distinct(self.party, self.party >= 0)
        accounts = self._distinct(self.person, self.account)
        behind = np.maximum(parties, accounts)
        if self.mailboxes is not None:
            behind = self.mailboxes
        crowd = behind > np.where(self.desk, 1, LIMITS[self.kind])
        named = self.party >= 0
        open_ = (several & ~crowd)[self.node]
        edges = np.flatnonzero(named & open_)
        group = self.node[edges] * (self.party.max(initial=0) + 2) + self.party[edges] + 1
        own = self._people_of(edges, group)
        chosen, groups = self._nameless(np.flatnonzero(~named & open_), edges, group, own)
        people = self._behind(own, edges, behind)
        split = several & (crowd | (people > 1))
        return chosen, groups, self.nodes[split], people[split]

    def _distinct(self, value: Ints, where: Flags | None = None) -> Ints:
        """Count each identifier's distinct values."""
        node, value = (self.node, value) if where is None else (self.node[where], value[where])
        order = np.lexsort((value, node))
        node, value = node[order], value[order]
        new = np.ones(len(node), dtype=bool)
        new[1:] = (node[1:] != node[:-1]) | (value[1:] != value[:-1])
        return np.bincount(node[new], minlength=len(self.nodes))

    def _people_of(self, edges: Ints, group: Ints) -> Ints:
        """Return which of the named edges are of one person, once names have been joined."""
        persons, place = np.unique(self.person[edges], return_inverse=True)
        return _united(np.arange(len(persons)), place, group)[place]

    def _nameless(self, nameless: Ints, edges: Ints, group: Ints, own: Ints) -> tuple[Ints, Ints]:
        """Let rows without a name join where that is beyond doubt."""
        node = self.node[nameless]
        names = _distinct_by(self.node[edges], own, len(self.nodes))
        # The one name's group, where there is one only.
        the_group = np.zeros(len(self.nodes), dtype=np.int64)
        the_group[self.node[edges]] = group
        the_full = np.zeros(len(self.nodes), dtype=bool)
        the_full[self.node[edges[self.full[edges]]]] = True
        accounts = self.account[nameless]
        count = _distinct_by(node[accounts], self.person[nameless][accounts], len(self.nodes))
        both = self.full[nameless]
        full = _distinct_by(node[both], self.person[nameless][both], len(self.nodes)) + the_full
        clear = (names <= 1) & (count <= np.where(self.desk, 1, _NAMELESS[self.kind]))
        if self.kind not in ("customer_id", "email"):  # these are one person's as they are
            clear &= full <= 1
        joins = clear[node]
        if self.kind == "phone":  # whose name stands elsewhere may have another than this one
            joins &= ~((names[node] > 0) & self.named[nameless])
        alone = -1 - node[joins]  # no name at all: the identifier itself is the group
        groups = np.where(names[node[joins]] == 1, the_group[node[joins]], alone)
        return np.concatenate([edges, nameless[joins]]), np.concatenate([group, groups])

    def _behind(self, own: Ints, edges: Ints, behind: Ints) -> Ints:
        names = _distinct_by(self.node[edges], own, len(self.nodes))
        nobody = np.flatnonzero(self.party < 0)
        accounts = self.account[nobody]
        counted = _distinct_by(
            self.node[nobody][accounts], self.person[nobody][accounts], len(self.nodes)
        )
        limit = np.where(self.desk, 1, LIMITS[self.kind])
        unclear = np.where(names == 0, counted, names)
        return np.where(behind > limit, behind, unclear)


def _distinct_by(node: Ints, value: Ints, size: int) -> Ints:
    order = np.lexsort((value, node))
    node, value = node[order], value[order]
    new = np.ones(len(node), dtype=bool)
    new[1:] = (node[1:] != node[:-1]) | (value[1:] != value[:-1])
    return np.bincount(node[new], minlength=size)


def _holding(person: Ints, graph: Evidence, edges: Flags) -> npt.NDArray[np.bool_]:
    """Say which people hold an identifier of these edges."""
    holding = np.zeros(len(person), dtype=bool)
    holding[person[graph.who[edges]]] = True
    return holding


def _mailboxes(graph: Evidence, nodes: Ints) -> Ints:
    """Count the e-mail addresses beside each customer number: many are behind a place-holder."""
    number_of = np.full(len(graph.customers), -1)
    first = graph.kind == 0
    number_of[graph.who[first]] = graph.node[first]
    mail = np.flatnonzero(graph.kind == 1)
    number = number_of[graph.who[mail]]
    mail, number = mail[number >= 0], number[number >= 0]
    place = np.searchsorted(nodes, number)
    inside = place < len(nodes)
    inside[inside] = nodes[place[inside]] == number[inside]
    return _distinct_by(place[inside], graph.node[mail[inside]], len(nodes))
