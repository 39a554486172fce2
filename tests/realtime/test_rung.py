"""What rang a moment ago is kept for sockets that open now: within bounds, and whatever the cache does."""

from typing import Any

import pytest
from django.core.cache import cache

from foundation.realtime import rung
from foundation.realtime.topics import topics


@pytest.fixture(autouse=True)
def _empty() -> None:
    cache.clear()


def test_it_is_told_to_those_who_were_rung_and_to_nobody_else() -> None:
    rung.keep("alerts", ["principal.unit.1", "principal.unit.2"])
    assert rung.rung_of(["principal.unit.2", "principal.unit.3"]) == {"alerts"}
    assert rung.rung_of(["principal.unit.3"]) == set()


def test_a_ring_for_a_whole_city_takes_no_place_in_the_cache() -> None:
    everybody = [f"principal.person.{number}" for number in range(rung.MOST + 1)]
    rung.keep("alerts", everybody)
    assert rung.rung_of(everybody) == set()
    rung.keep("alerts", everybody[:-1])
    assert rung.rung_of(everybody) == {"alerts"}


def test_without_the_cache_nothing_fails_and_everybody_looks_again(settings: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    rung.keep("alerts", ["principal.unit.1"])
    assert rung.rung_of(["principal.unit.1"]) == {one.key for one in topics()}
