"""The contract holds for each engine, by name. Another engine is another class."""

import pytest

from .contract import EngineContract

pytest.importorskip("whoosh")


class TestTantivy(EngineContract):
    engine = "foundation.search.backends.tantivy.TantivyEngine"


class TestWhoosh(EngineContract):
    engine = "foundation.search.backends.whoosh.WhooshEngine"
