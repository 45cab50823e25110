"""Which people could be one, and in what they agree: candidate pairs and their comparisons.

Works on names and addresses in the clear, so everything stays in memory: the engine here has no
folder to spill to, and what leaves are numbers.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

__all__ = ["LEVELS", "NOTHING", "compare"]

#: The comparisons and their levels, the last the closest; ``NOTHING`` is where a side has none.
LEVELS = {
    "name": ("different", "given or family name", "nearly", "same"),
    "email": ("different", "same before the @", "one slip apart", "same"),
    "phone": ("different", "one slip apart", "same"),
    "city": ("different", "same"),
    "number": ("different",),
}
NOTHING = -1
#: A block of more people than this says too little.
_BLOCK = 60
#: An address of more people than this is nobody's.
_FAMILY = 6
#: So many random pairs show how often strangers agree.
_SAMPLE = 2_000_000


def compare(facts: dict[str, pa.Table], seed: int = 7) -> tuple[pa.Table, pa.Table]:
    """Return candidate pairs with their levels, and those of random pairs of people.

    Parameters
    ----------
    facts : dict of str to pa.Table
        ``people`` (person, given, family, city, number), ``emails`` (person, address, and ``bare``
        without dots and dashes before the @) and ``phones`` (person, number), in the forms in which
        they are compared.
    seed : int
        Of the random pairs.

    Returns
    -------
    candidates, strangers : pa.Table
        ``a, b``, a level for each of `LEVELS`, and ``rarity``: the share of people that bear the
        name on which both agree. Of strangers only the levels of name, city and number are told.
    """
    with duckdb.connect(":memory:", config={"temp_directory": ""}) as engine:
        for name, table in facts.items():
            engine.register(f"{name}_", table)
            engine.execute(f"CREATE TABLE {name} AS SELECT * FROM {name}_")
        for table, column in (("emails", "address"), ("phones", "number")):
            engine.execute(
                f"DELETE FROM {table} WHERE {column} IN (SELECT {column} FROM {table} "
                f"GROUP BY {column} HAVING count(*) > {_FAMILY})"
            )
        engine.execute(_NAMES)
        for block in (
            _slips("emails", "bare", _LETTERS),
            _slips("phones", "number"),
            _SAME,
            _LOCAL,
            _NAMESAKES,
        ):
            engine.execute(block)
        engine.execute(
            "CREATE TABLE pairs AS SELECT DISTINCT a, b FROM (SELECT a, b FROM emails_slips UNION "
            "ALL SELECT a, b FROM phones_slips UNION ALL SELECT a, b FROM locals UNION ALL "
            "SELECT a, b FROM namesakes)"
        )
        candidates = engine.sql(_COMPARED).to_arrow_table()
        n = facts["people"].num_rows
        rng = np.random.default_rng(seed)
        a, b = rng.integers(0, max(n, 1), (2, _SAMPLE if n else 0))
        persons = facts["people"]["person"].combine_chunks()
        drawn = pa.table({"a": persons.take(pa.array(a)), "b": persons.take(pa.array(b))})
        engine.register("drawn", drawn)
        strangers = engine.sql(_STRANGERS).to_arrow_table()
    return candidates, strangers


_NAMES = """
    CREATE TABLE names AS
    SELECT person, given, family, city, number, count(*) OVER (PARTITION BY given, family) AS alike
    FROM people
"""


#: Namesakes number their addresses: another short number is another person's, not a slip.
_LETTERS = r"""
    AND (regexp_replace(x.value, '[0-9]', '', 'g') <> regexp_replace(y.value, '[0-9]', '', 'g')
        OR length(regexp_replace(split_part(x.value, '@', 1), '[^0-9]', '', 'g')) > 5
        OR x.value = y.value)
"""


def _slips(table: str, column: str, also: str = "") -> str:
    """Return the SQL of pairs with values one slip apart.

    Two texts within one slip share a text with one letter left out (the deletion neighbourhood of
    SymSpell), so that a join finds them.
    """
    return f"""
        CREATE TABLE {table}_slips AS
        WITH gone AS (
            SELECT DISTINCT person, {column} AS value,
                hash(left({column}, k - 1) || substr({column}, k + 1)) AS mark
            FROM {table}, unnest(range(1, CAST(length({column}) AS BIGINT) + 2)) AS places(k)
        ),
        small AS (
            SELECT * FROM gone WHERE mark IN (
                SELECT mark FROM gone GROUP BY mark
                HAVING count(DISTINCT person) BETWEEN 2 AND {_BLOCK})
        )
        SELECT x.person AS a, y.person AS b,
            min(damerau_levenshtein(x.value, y.value)) AS slips
        FROM small x JOIN small y ON x.mark = y.mark AND x.person < y.person {also}
        GROUP BY x.person, y.person HAVING slips <= 1
    """


_SAME = """
    CREATE TABLE same AS
    SELECT DISTINCT x.person AS a, y.person AS b
    FROM emails x JOIN emails y ON x.address = y.address AND x.person < y.person
"""
#: A local part without a number is a name, and says no more than the name does.
_LOCAL = f"""
    CREATE TABLE locals AS
    WITH boxes AS (
        SELECT DISTINCT person, split_part(bare, '@', 1) AS mark FROM emails
        WHERE regexp_matches(bare, '[0-9]{{3}}.*@') AND length(split_part(bare, '@', 1)) >= 5
    ),
    small AS (
        SELECT * FROM boxes WHERE mark IN (
            SELECT mark FROM boxes GROUP BY mark HAVING count(*) BETWEEN 2 AND {_BLOCK})
    )
    SELECT x.person AS a, y.person AS b
    FROM small x JOIN small y ON x.mark = y.mark AND x.person < y.person
"""
_NAMESAKES = f"""
    CREATE TABLE namesakes AS
    SELECT x.person AS a, y.person AS b FROM names x JOIN names y
      ON x.given = y.given AND x.family = y.family AND x.person < y.person
    WHERE x.alike <= {_BLOCK} AND x.given <> '' AND x.family <> ''
"""
_NAME = """
    CASE
        WHEN x.given IS NULL OR y.given IS NULL THEN -1
        WHEN x.given = y.given AND x.family = y.family THEN 3
        WHEN x.given = y.family AND x.family = y.given THEN 3
        WHEN x.family = y.family AND (damerau_levenshtein(x.given, y.given) <= 1
            OR (length(x.given) = 1 OR length(y.given) = 1) AND left(x.given, 1) = left(y.given, 1)
            ) THEN 2
        WHEN x.given = y.given AND (damerau_levenshtein(x.family, y.family) <= 1
            OR x.family = '' OR y.family = '') THEN 2
        WHEN x.family = y.family OR x.given = y.given THEN 1
        ELSE 0
    END
"""
_REST = """
    CASE WHEN x.city = '' OR y.city = '' THEN -1 WHEN x.city = y.city THEN 1 ELSE 0 END AS city,
    CASE WHEN x.number AND y.number THEN 0 ELSE -1 END AS number
"""
_COMPARED = f"""
    SELECT p.a, p.b, {_NAME} AS name,
        CASE WHEN s.a IS NOT NULL THEN 3 WHEN e.slips = 1 THEN 2 WHEN l.a IS NOT NULL THEN 1
            WHEN x.person IN (SELECT person FROM emails)
             AND y.person IN (SELECT person FROM emails) THEN 0 ELSE -1 END AS email,
        CASE WHEN f.slips = 0 THEN 2 WHEN f.slips = 1 THEN 1
            WHEN x.person IN (SELECT person FROM phones)
             AND y.person IN (SELECT person FROM phones) THEN 0 ELSE -1 END AS phone,
        {_REST},
        greatest(x.alike, 2) / CAST((SELECT count(*) FROM names) AS DOUBLE) AS rarity
    FROM pairs p
    JOIN names x ON x.person = p.a
    JOIN names y ON y.person = p.b
    LEFT JOIN emails_slips e ON e.a = p.a AND e.b = p.b
    LEFT JOIN same s ON s.a = p.a AND s.b = p.b
    LEFT JOIN locals l ON l.a = p.a AND l.b = p.b
    LEFT JOIN phones_slips f ON f.a = p.a AND f.b = p.b
    ORDER BY p.a, p.b
"""
_STRANGERS = f"""
    SELECT d.a, d.b, {_NAME} AS name, {_REST}
    FROM drawn d JOIN names x ON x.person = d.a JOIN names y ON y.person = d.b WHERE d.a <> d.b
"""
