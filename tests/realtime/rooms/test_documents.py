"""Documents as they are kept: what apps do to them, what their kind is told, and how rows become a snapshot."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from pycrdt import Doc, Map, Text

from communities.models import Topic
from directory.models import Person
from foundation.realtime import storage
from foundation.realtime.actions import change_document, copy_document, delete_document
from foundation.realtime.documents import document_of, state_of
from foundation.realtime.encoding import Malformed
from foundation.realtime.models import DocumentUpdate, SharedDocument
from foundation.realtime.rooms import upkeep
from foundation.realtime.storage import Batch, append
from foundation.realtime.updates import packed
from tests.conftest import fresh

from . import notes
from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True)


def _update(work: Callable[[Doc], None], doc: Doc) -> bytes:
    """What `work` changes, as a browser would send it."""
    before = doc.get_state()
    with doc.transaction():
        work(doc)
    return doc.get_update(before)


def _put(key: str, value: object) -> Callable[[Doc], None]:
    return lambda doc: doc.get("elements", type=Map).__setitem__(key, value)


def _elements(doc: Doc) -> dict[str, object]:
    return doc.get("elements", type=Map).to_py()


async def test_the_portals_own_change_reaches_who_is_there(
    topic: Topic, host: Person, member: Person, enter: Enter
) -> None:
    async with enter(host) as helene:
        await helene.put("a", 1)
        await helene.until_saved()

        def restore() -> None:
            change = _update(_put("b", 2), document_of("note", topic.uuid))
            change_document("note", topic.uuid, change, actor=fresh(member))

        await sync_to_async(restore)()
        await helene.until(lambda: helene.elements == {"a": 1, "b": 2})
    row = await DocumentUpdate.objects.aget(from_server=True)
    assert row.people == [member.pk]


def test_what_is_no_change_of_what_is_stored_is_not_stored(host: Person) -> None:
    key = uuid4()
    doc = Doc()
    _update(_put("a", 1), doc)
    later = _update(_put("b", 2), doc)
    with pytest.raises(Malformed):
        change_document("note", key, b"\x07garbage", actor=host)
    with pytest.raises(ValueError, match="not stored"):
        change_document("note", key, later, actor=host)
    change_document("note", key, b"\x00\x00", actor=host)
    assert not SharedDocument.objects.exists()


def test_a_copy_is_a_document_of_its_own(host: Person) -> None:
    source, target = uuid4(), uuid4()
    change_document("note", source, _update(_put("a", 1), Doc()), actor=host)
    copy_document("note", source, target)
    change_document("note", target, _update(_put("a", 2), document_of("note", target)), actor=host)
    assert _elements(document_of("note", source)) == {"a": 1}
    assert _elements(document_of("note", target)) == {"a": 2}
    with pytest.raises(ValueError, match="already"):
        copy_document("note", source, target)
    delete_document("note", source)
    assert state_of("note", source) == b"\x00\x00"
    assert _elements(document_of("note", target)) == {"a": 2}


async def test_a_kind_is_told_once_of_what_was_stored_and_by_whom(
    topic: Topic, host: Person, member: Person, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Longer than the writer gathers: what both drew is told of together.
    monkeypatch.setattr(upkeep, "QUIET", 2.0)
    async with enter(host) as helene, enter(member) as marc:
        for one in (helene, marc):
            await one.until_synced()
        await helene.put("a", 1)
        await marc.put("b", 2)
        await helene.until_saved()
        await marc.until_saved()
        async with enter(host) as witness:
            await witness.until_synced()
            while topic.uuid not in (uuid for uuid, _people in notes.TOLD):
                answers = len(witness.frames)
                await witness.send_raw(b"\x00\x00\x01\x00")
                await witness.until(lambda answers=answers: len(witness.frames) > answers)
    # An earlier test's thread may still have told of its own.
    assert next(people for uuid, people in notes.TOLD if uuid == topic.uuid) == {host.pk, member.pk}
    row, people = await sync_to_async(storage.unsettled)(("note", topic.uuid))
    assert (row, people) == (0, set())


def _rows(key: storage.Key, *updates: bytes) -> None:
    for one in updates:
        append([Batch(key, None, packed([one]), [])])


def _outline(key: storage.Key) -> storage.Outline:
    return storage.outlines([key], [])[key]


def test_compaction_keeps_what_is_written_meanwhile() -> None:
    key, doc = ("note", uuid4()), Doc()
    _rows(key, _update(_put("a", 1), doc), _update(_put("b", 2), doc))
    seen = _outline(key)
    _rows(key, _update(_put("c", 3), doc))
    assert storage.compact(key, seen)
    assert DocumentUpdate.objects.count() == 1
    assert _elements(document_of(*key)) == {"a": 1, "b": 2, "c": 3}


def test_of_two_who_compact_one_does() -> None:
    key, doc = ("note", uuid4()), Doc()
    _rows(key, _update(_put("a", 1), doc), _update(_put("b", 2), doc))
    first, second = _outline(key), _outline(key)
    assert storage.compact(key, first)
    _rows(key, _update(_put("c", 3), doc))
    assert not storage.compact(key, second)
    assert storage.exchange({key: (second, b"\x00\x00")}) == set()
    assert _elements(document_of(*key)) == {"a": 1, "b": 2, "c": 3}


def test_a_deletion_that_came_before_what_it_deletes_is_not_lost() -> None:
    """Two processes write what they took: the later change may be stored first, and compaction come in between."""
    key, doc = ("note", uuid4()), Doc()
    written = _update(lambda one: one.get("text", type=Text).insert(0, "bonjour"), doc)
    before = doc.get_state()
    del doc.get("text", type=Text)[0:3]
    deleted = doc.get_update(before)
    _rows(key, deleted)
    assert not storage.compact(key, _outline(key))
    _rows(key, written)
    assert str(document_of(*key).get("text", type=Text)) == "jour"
    assert storage.compact(key, _outline(key))
    assert str(document_of(*key).get("text", type=Text)) == "jour"


def test_a_row_that_cannot_be_read_hides_nothing_else() -> None:
    key, doc = ("note", uuid4()), Doc()
    _rows(key, _update(_put("a", 1), doc))
    append([Batch(key, None, b"\xff\xff", [])])
    _rows(key, _update(_put("b", 2), doc))
    assert _elements(document_of(*key)) == {"a": 1, "b": 2}
