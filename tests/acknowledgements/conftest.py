"""What tests of acknowledgements share: the worker, and a topic that everyone is asked to acknowledge."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from communities.models import Topic
from directory.models import Person
from foundation.acknowledgements import tasks
from foundation.acknowledgements.actions import ask
from foundation.acknowledgements.models import Request
from tests.conftest import do_queued

TEXTS = {"fr": "Texte complet, première version.", "en": "Whole text, first version."}


@pytest.fixture
def work() -> Callable[[], None]:
    """Do what the worker does: its queue, its minute, and the queue again."""

    def run() -> None:
        for step in (do_queued, tasks.upkeep, do_queued):
            # The pauses between two looks are a matter of the clock, which tests move.
            cache.delete("acknowledgements:delegates")
            step()

    return run


@pytest.fixture
def asked(topic: Topic, host: Person, member: Person, colleague: Person, work: Callable[[], None]) -> Request:
    """Everyone is asked to have read `topic` within ten days; written down."""
    made = ask_for(topic, host)
    work()
    return made


def ask_for(topic: Topic, actor: Person, **options: Any) -> Request:
    """Ask to read `topic`."""
    given: dict[str, Any] = {"mode": "read", "due": timezone.now() + timedelta(days=10), "texts": TEXTS, **options}
    return ask(topic, actor=actor, **given)
