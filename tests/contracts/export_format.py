"""What every export format promises: inherit this, set `samples`, and the tests are yours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.samples.base import Sample, formats, generators, module_of, shuffled
from tests.samples.damage import damaged

from habitue.collect.export import parts
from habitue.collect.files import open_source
from habitue.collect.mapping import understand
from habitue.collect.read import read
from habitue.errors import HabitueError
from habitue.shop import Shop

__all__ = ["ExportFormatContract", "Imported", "claimed_by", "imported"]


@dataclass
class Imported:
    """What a file became, without an option given."""

    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rejected: Counter[str] = field(default_factory=Counter)
    read_lines: set[int] = field(default_factory=set)
    kept_lines: set[int] = field(default_factory=set)


def imported(path: Path) -> Imported:
    """Read a file as an import does, up to where pseudonyms take over."""
    result = Imported()
    source = open_source(path)
    for raw in source.batches():
        result.read_lines |= set(raw.lines.tolist()) | {r.line for r in raw.rejected}
    for part in parts(source):
        known = understand(part)
        records = result.records.setdefault(known.kind, [])
        for batch in read(part, known):
            records += batch.rows.to_pylist()
            result.kept_lines |= set(batch.rows["line"].to_pylist())
            result.kept_lines |= set(batch.rejected["line"].to_pylist())
            result.rejected.update(batch.rejected["reason"].to_pylist())
    return result


def claimed_by(path: Path) -> set[str]:
    """Return the modules of all formats that take a file for their own."""
    source = open_source(path)
    return {module_of(kind) for kind in formats().values() if kind.recognises(source)}  # type: ignore[attr-defined]


class ExportFormatContract:
    """Tests that every export format passes."""

    samples: ClassVar[ModuleType]
    #: Examples of the short fuzzing run.
    examples: ClassVar[int] = 40

    @property
    def module(self) -> str:
        return self.samples.__name__.rpartition(".")[2]

    def sample(self, folder: Path, variant: str, seed: int = 1, rows: int = 40) -> Sample:
        place = folder / f"{variant}-{seed}-{rows}".replace(" ", "_").replace("/", "_")
        place.mkdir(exist_ok=True)
        made: Sample = self.samples.write(place, variant, seed, rows)
        return made

    def test_it_is_found_and_has_a_page(self) -> None:
        assert self.module in {module_of(kind) for kind in formats().values()}
        docs = Path(__file__).parents[2] / "docs" / "formats"
        assert f"({self.module}.md)" in (docs / "README.md").read_text(encoding="utf-8")
        assert len((docs / f"{self.module}.md").read_text(encoding="utf-8")) > 500

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_every_variant_gives_exactly_its_records(self, tmp_path: Path, seed: int) -> None:
        for variant in self.samples.VARIANTS:
            sample = self.sample(tmp_path, variant, seed)
            got = imported(sample.path)
            assert set(got.records) == set(sample.expected), variant
            for kind, expected in sample.expected.items():
                assert expected, f"{variant}: samples without {kind} prove nothing"
                names = list(expected[0])
                records = [{name: row[name] for name in names} for row in got.records[kind]]
                assert _sorted(records) == _sorted(expected), f"{variant}: {kind}"
            assert got.rejected == Counter(sample.rejected), variant

    def test_no_row_is_lost_silently(self, tmp_path: Path) -> None:
        for variant in self.samples.VARIANTS:
            got = imported(self.sample(tmp_path, variant).path)
            assert got.kept_lines == got.read_lines, variant

    def test_a_shop_counts_every_row_and_the_same_file_adds_nothing(self, tmp_path: Path) -> None:
        shop = Shop.create(tmp_path / "shop")
        for variant in self.samples.VARIANTS:
            sample = self.sample(tmp_path, variant, rows=12)
            for report in shop.import_files([sample.path]):
                assert report.read == report.accepted + report.repeated + report.rejected
                assert report.accepted + report.repeated == len(sample.expected[report.kind])
            for report in shop.import_files([sample.path]):
                assert report.accepted == 0

    def test_the_same_seed_gives_the_same_sample(self, tmp_path: Path) -> None:
        for variant in self.samples.VARIANTS:
            one = self.sample(tmp_path, variant, 7, 6).path
            before = one.read_bytes() if one.is_file() else b""
            two = self.sample(tmp_path, variant, 7, 6).path
            assert before == (two.read_bytes() if two.is_file() else b"")

    def test_it_recognises_all_its_variants_and_nobody_else_does(self, tmp_path: Path) -> None:
        random = Random(1)
        alone = getattr(self.samples, "ROWS_STAND_ALONE", True)
        each = max(1, 1000 // (len(generators()) * len(self.samples.VARIANTS)))
        for variant in self.samples.VARIANTS:
            for seed in range(each):
                path = self.sample(tmp_path, variant, seed, random.randint(1, 6)).path
                if seed and variant not in getattr(self.samples, "PLACES_TELL", ()):
                    path = shuffled(path, path.parent, random, alone)
                assert claimed_by(path) == {self.module}, (variant, seed)

    def test_broken_files_never_crash_nor_lose_rows(self, tmp_path: Path) -> None:
        pieces = [self.sample(tmp_path, v, rows=8).path for v in self.samples.VARIANTS]
        bytes_of = [path.read_bytes() for path in pieces if path.is_file()]
        if not bytes_of:
            pytest.skip("no variant is one file")

        @settings(
            max_examples=self.examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.sampled_from(bytes_of), st.integers(0, 2**32))
        def holds(data: bytes, seed: int) -> None:
            path = tmp_path / "broken"
            path.write_bytes(damaged(data, Random(seed)))
            try:
                got = imported(path)
            except HabitueError:
                return
            assert got.kept_lines == got.read_lines

        holds()


def _sorted(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(records, key=lambda row: tuple(str(row[name]) for name in sorted(row)))
