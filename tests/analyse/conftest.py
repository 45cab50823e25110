from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.analyse.worlds_of_analysis import close_shops


@pytest.fixture(autouse=True)
def _closed_shops() -> Iterator[None]:
    yield
    close_shops()
