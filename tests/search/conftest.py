"""The search index of one test: emptied before, written by the indexer itself."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from haystack import connections

from foundation.search.indexer import Indexer

pytest.register_assert_rewrite("tests.search.contract")


def _erase(using: str) -> None:
    connections[using].get_backend().close()
    shutil.rmtree(Path(settings.HAYSTACK_CONNECTIONS[using]["PATH"]), ignore_errors=True)


@pytest.fixture
def indexer(db: None) -> Iterator[Indexer]:
    """The indexer of this test, on an index that is not there yet."""
    _erase("default")
    yield Indexer()
    _erase("default")


@pytest.fixture
def index(indexer: Indexer) -> Callable[[], int]:
    """Do what the indexer would do by now."""
    return indexer.settle
