"""What tests of every app share: a small city, and ways to act as its people."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from communities.actions import create_community, start_topic
from communities.models import Topic
from directory.actions import create_person, create_unit
from directory.models import Person, Unit
from foundation.activity.tasks import fan_out_waiting
from foundation.spaces.models import Membership, Role, Space
from publications import banners


def forget_cache() -> None:
    """An empty cache, but for what every page asks once a minute: no alert lasts as a test begins, and it is known.

    Counted in the first page of a test and not in the second, it would make their numbers of queries differ.
    """
    cache.clear()
    cache.set(banners.KEY, [])


@pytest.fixture(autouse=True)
def _clean_state() -> Iterator[None]:
    """Language and cache belong to one test."""
    forget_cache()
    with translation.override("fr"):
        yield


def make_person(username: str, **fields: Any) -> Person:
    """A person of the test city."""
    given, _sep, family = username.partition(".")
    values = {"given_name": given.title(), "family_name": (family or "Essai").title(), **fields}
    return create_person(username=username, **values)


@pytest.fixture
def city(db: None) -> Unit:
    return create_unit("VILLE", "Ville", name_en="City", kind="city")


@pytest.fixture
def borough(city: Unit) -> Unit:
    return create_unit("VERDUN", "Verdun", kind="borough", parent=city)


@pytest.fixture
def host(borough: Unit) -> Person:
    """The host of `community`."""
    return make_person("helene.hote", unit=borough, title_fr="Animatrice", title_en="Host")


@pytest.fixture
def member(borough: Unit) -> Person:
    """A contributor of `community`."""
    return make_person("marc.membre", unit=borough)


@pytest.fixture
def colleague(borough: Unit) -> Person:
    """An employee who belongs to no community."""
    return make_person("carla.collegue", unit=borough)


@pytest.fixture
def outsider(city: Unit) -> Person:
    """An external: not part of "everyone"."""
    return make_person("ext.externe", kind="external")


@pytest.fixture
def community(host: Person, member: Person) -> Space:
    """An open community with a host and a member."""
    space = create_community(actor=host, name_fr="Béton et chaussées", name_en="Concrete and roads")
    Membership.objects.create(space=space, person=member, role=Role.CONTRIBUTOR)
    return space


@pytest.fixture
def topic(community: Space, host: Person) -> Topic:
    """A topic by the host."""
    return start_topic(community, "Quel béton pour les trottoirs ?", "Bonjour, **une question**.", actor=host)


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    """A browser signed in as someone; `language` is set on the person."""

    def signed_in(person: Person, language: str | None = None) -> Client:
        if language and person.language != language:
            Person.objects.filter(pk=person.pk).update(language=language)
            person.language = language
        client = Client()
        client.force_login(person, backend="directory.backends.LocalBackend")
        return client

    return signed_in


@pytest.fixture
def deliver() -> Callable[[], int]:
    """Do what the worker would: tell people of what was recorded."""
    return lambda: fan_out_waiting(timedelta(seconds=-5))


def fresh(person: Person) -> Person:
    """The same person as the next request would load them: nothing resolved yet."""
    return Person.objects.with_unit().get(pk=person.pk)


def do_queued() -> None:
    """What is queued, by the functions the queue names. The worker itself closes connections between two tasks, and the
    test's transaction would end with them; it has its own tests."""
    for one in DBTaskResult.objects.ready():
        result = one.task_result
        result.task.call(*result.args, **result.kwargs)
        one.set_successful(None)
