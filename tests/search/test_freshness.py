"""Nothing acknowledged is lost, whatever is killed or damaged; and what is written is found soon after."""

import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from communities.actions import create_community, edit_topic, start_topic
from communities.models import Topic
from directory.actions.leaving import leave
from directory.models import Person, Unit
from foundation.content import actions as content_actions
from foundation.content.models import Content, State
from foundation.discussion.actions import add_comment
from foundation.search.actions import queue, queue_objects
from foundation.search.folders import Busy, Lock
from foundation.search.indexer import Indexer, nightly
from foundation.search.models import ObjectOutbox, Outbox
from foundation.search.rebuilding import Rebuilding
from foundation.search.search import search
from foundation.spaces.actions import change_access, describe
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person
from tests.processes import until, worker


def found(person: Person, text: str) -> set[str]:
    """The titles or names of what is found."""
    return {str(hit.object) for hit in search(fresh(person), text, limit=100).hits}


# -- what changes is found so


@pytest.mark.django_db
def test_everything_that_happens_to_a_topic(community: Space, host: Person, member: Person, indexer: Indexer) -> None:
    made = start_topic(community, "Projet hippocampe", "Texte.", actor=fresh(host))
    indexer.settle()
    assert found(member, "hippocampe") == {"Projet hippocampe"}
    edit_topic(made, "Projet narval", "Texte.", actor=fresh(host))
    indexer.settle()
    assert found(member, "hippocampe") == set() and found(member, "narval") == {"Projet narval"}
    add_comment(made, "Et le cachalot ?", actor=fresh(member))
    indexer.settle()
    assert found(member, "cachalot") == {"Projet narval"}
    content_actions.trash(made, actor=fresh(host))
    assert found(member, "narval") == set()
    indexer.settle()
    assert found(member, "narval") == found(host, "narval") == set()
    content_actions.restore(made, actor=fresh(host))
    indexer.settle()
    assert found(member, "narval") == {"Projet narval"}


@pytest.mark.django_db
def test_people_and_units(member: Person, borough: Unit, indexer: Indexer) -> None:
    person = make_person("zephirin", given_name="Zéphirin", family_name="Quatorze", unit=borough)
    queue_objects("directory.unit", [borough.pk])
    indexer.settle()
    assert found(member, "zephirin") == {"Zéphirin Quatorze"}
    assert borough.name in found(member, borough.name_fr)
    leave([person.pk])
    # At once, before anything is indexed, in the count too.
    results = search(fresh(member), "zephirin")
    assert (len(results.hits), results.total) == (0, 0)
    indexer.settle()
    assert not ObjectOutbox.objects.exists()


@pytest.mark.django_db
def test_communities(host: Person, colleague: Person, indexer: Indexer) -> None:
    space = create_community(name_fr="Ornithologie", actor=fresh(host))
    indexer.settle()
    assert found(colleague, "ornithologie") == {"Ornithologie"}
    describe(space, actor=fresh(host), name_fr="Oiseaux", name_en="", description_fr="Nichoirs", description_en="")
    indexer.settle()
    assert found(colleague, "ornithologie") == set() and found(colleague, "nichoir") == {"Oiseaux"}
    change_access(space, Space.Access.HIDDEN, actor=fresh(host))
    results = search(fresh(colleague), "oiseaux")
    assert (len(results.hits), results.total) == (0, 0)
    indexer.settle()
    assert found(colleague, "oiseaux") == set() and found(host, "oiseaux") == {"Oiseaux"}


@pytest.mark.django_db
def test_what_is_rolled_back_is_not_queued(community: Space, host: Person) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        start_topic(community, "Jamais", "Texte.", actor=fresh(host))
        raise ZeroDivisionError
    assert not Outbox.objects.exists()


@pytest.mark.django_db
def test_what_changes_while_it_is_indexed_is_indexed_again(
    community: Space, host: Person, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = start_topic(community, "Premier", "Texte.", actor=fresh(host))
    write = indexer.backend.write

    def changed_meanwhile(*args: Any, **kwargs: Any) -> None:
        write(*args, **kwargs)
        if Content.objects.get(pk=made.pk).title == "Premier":
            edit_topic(made, "Second", "Texte.", actor=fresh(host))

    indexer.settle()
    queue([made.pk])
    monkeypatch.setattr(indexer.backend, "write", changed_meanwhile)
    indexer.settle()
    assert found(host, "second") == {"Second"} and not Outbox.objects.exists()


# -- what bulk updates missed


@pytest.mark.django_db
def test_the_catch_up_repairs_what_nobody_announced(
    community: Space, host: Person, member: Person, borough: Unit, indexer: Indexer
) -> None:
    one, other, third = (
        start_topic(community, f"Sujet {word}", "Texte.", actor=fresh(host)) for word in ("lynx", "loup", "ours")
    )
    person = make_person("sans.annonce", given_name="Léopoldine", unit=borough)
    indexer.settle()
    assert found(member, "sujet") == {"Sujet lynx", "Sujet loup", "Sujet ours"}
    Content.objects.filter(pk=one.pk).update(title="Sujet renard")
    Content.objects.filter(pk=other.pk).update(state=State.DRAFT)
    Topic.objects.filter(pk=third.pk).delete()
    Person.objects.filter(pk=host.pk).update(title_fr="Vulcanologue")
    assert indexer.catch_up() >= 4
    indexer.settle()
    assert found(member, "sujet") == {"Sujet renard"}
    assert str(fresh(host)) in found(member, "vulcanologue") and str(person) in found(member, "léopoldine")
    assert indexer.catch_up() == 0


def test_the_catch_up_is_due_once_a_day_after_three() -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 11, day, hour, tzinfo=ZoneInfo("America/Montreal"))

    assert not nightly(at(24, 12), at(25, 2))
    assert nightly(at(24, 12), at(25, 3))
    assert not nightly(at(25, 3), at(25, 23))
    assert nightly(None, at(25, 4))


# -- what is missing, damaged or interrupted


def _files(indexer: Indexer) -> list[Path]:
    folder = indexer.backend.folders.current()
    assert folder is not None
    return [one for one in folder.rglob("*") if one.is_file() and not one.name.startswith(".")]


@pytest.mark.django_db
def test_without_an_index_the_page_says_so_and_one_is_built(topic: Topic, member: Person, indexer: Indexer) -> None:
    assert not search(fresh(member), "nids").is_ready
    indexer.settle()
    assert search(fresh(member), "nids").is_ready
    shutil.rmtree(indexer.backend.folders.root)
    indexer.close()
    assert not search(fresh(member), "nids").is_ready
    indexer.settle()
    assert topic.title in found(member, topic.title)


@pytest.mark.django_db
@pytest.mark.parametrize("damage", ["meta", "truncated", "gone"])
def test_a_damaged_index_is_built_again(topic: Topic, member: Person, indexer: Indexer, damage: str) -> None:
    indexer.settle()
    before = indexer.backend.folders.current()
    indexer.close()
    if damage == "meta":
        next(one for one in _files(indexer) if one.name == "meta.json").write_text("{ no json")
    elif damage == "truncated":
        for one in _files(indexer):
            if one.suffix in (".store", ".term", ".idx", ".fast", ".pos"):
                one.write_bytes(one.read_bytes()[: one.stat().st_size // 2])
    else:
        for one in _files(indexer):
            if one.suffix == ".term":
                one.unlink()
    # No error page, whatever is asked; and then all is as before.
    search(fresh(member), topic.title)
    indexer.settle()
    assert indexer.backend.folders.current() != before
    assert topic.title in found(member, topic.title)


@pytest.mark.django_db
def test_a_rebuild_leaves_the_old_index_in_use_and_loses_nothing(
    community: Space, host: Person, member: Person, indexer: Indexer
) -> None:
    for number in range(3):
        start_topic(community, f"Avant {number}", "Texte.", actor=fresh(host))
    indexer.settle()
    rebuilding = Rebuilding(indexer.backend)
    assert rebuilding.step()
    # Indexed in the old one while the new one is being built.
    start_topic(community, "Pendant", "Texte.", actor=fresh(host))
    indexer.settle()
    assert found(member, "pendant") == {"Pendant"}
    while rebuilding.step() is not None:
        assert found(member, "avant") == {"Avant 0", "Avant 1", "Avant 2"}
    indexer.settle()
    assert found(member, "avant pendant") == set()
    assert found(member, "pendant") == {"Pendant"} and len(found(member, "avant")) == 3


@pytest.mark.django_db
def test_a_stopped_rebuild_goes_on(community: Space, host: Person, member: Person, indexer: Indexer) -> None:
    for number in range(5):
        start_topic(community, f"Reprise {number}", "Texte.", actor=fresh(host))
    indexer.settle()
    first = Rebuilding(indexer.backend)
    done = first.step()
    first.stop()
    second = Rebuilding(indexer.backend)
    assert second.is_resumed and second.done == done
    with pytest.raises(Busy):
        Rebuilding(indexer.backend)
    while second.step() is not None:
        continue
    assert len(found(member, "reprise")) == 5
    assert search(fresh(member), "reprise").total == 5


@pytest.mark.django_db
def test_the_command_says_how_far_it_is_and_who_is_in_the_way(topic: Topic, indexer: Indexer) -> None:
    indexer.settle()
    said = StringIO()
    call_command("rebuild_index", stdout=said)
    assert "indexed in" in said.getvalue() and "in use" in said.getvalue()
    lock = Lock(indexer.backend.folders.root / "rebuild.lock")
    lock.take()
    with pytest.raises(CommandError, match="Another process"):
        call_command("rebuild_index", stdout=said)
    lock.give()


# -- killed


@pytest.mark.django_db(transaction=True)
def test_an_indexer_killed_again_and_again_loses_nothing(community: Space, host: Person, indexer: Indexer) -> None:
    """kill -9 in the middle of its work, many times: all that was acknowledged is found, and nothing is locked."""
    indexer.close()
    written = 0
    for round_ in range(6):
        process = worker()
        try:
            for _number in range(15):
                start_topic(community, f"Témoin {written}", "Le mot cormoran.", actor=fresh(host))
                written += 1
            # Killed when it has begun and is not done: the earlier rounds while the index is built at all.
            if round_:
                until(lambda: not Outbox.objects.filter(content__title="Témoin 0").exists())
        finally:
            process.kill()
            process.wait()
    indexer.settle()
    results = search(fresh(host), "cormoran", limit=200)
    assert {str(hit.object) for hit in results.hits} == {f"Témoin {number}" for number in range(written)}
    assert results.total == written


@pytest.mark.django_db(transaction=True)
def test_what_is_saved_is_found_soon_after(community: Space, host: Person, indexer: Indexer) -> None:
    indexer.settle()
    indexer.close()
    process = worker()
    try:
        start_topic(community, "Bernache", "Texte.", actor=fresh(host))
        until(lambda: found(host, "bernache") == {"Bernache"})
    finally:
        process.terminate()
        assert process.wait(20) == 0
