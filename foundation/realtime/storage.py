"""How changes of shared documents are kept: batches of rows, and their compaction.

No activity, no index, no rule on this path: what may be written was decided in the room. Called in threads of their
own, and by the actions.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import connection, models, transaction
from django.utils import timezone

from foundation.audiences.sql import moment, table

from .documents import Key, replay, stored
from .models import DocumentUpdate, SharedDocument

# A change of the portal's own is left as a row for so long: open rooms that missed the ring look for it there.
FOUND_FOR = timedelta(minutes=2)
# So many rows are named at a time.
TOGETHER = 500
_COLUMNS = "document_id, data, people, from_server, created"


class Gone(Exception):
    """The document was deleted while it was open."""


@dataclass(slots=True)
class Batch:
    """What one room has to write. document: its row, None for one that may have none yet. data: see
    `updates.packed`."""

    key: Key
    document: int | None
    data: bytes
    people: list[int]
    from_server: bool = False


@transaction.atomic
def append(batches: Sequence[Batch]) -> tuple[dict[Key, int], set[Key]]:
    """Write all of it, or nothing. Answers the row of each document, and which of them were deleted meanwhile (of these
    nothing is written)."""
    known = [one.document for one in batches if one.document is not None]
    alive = set(SharedDocument.objects.filter(pk__in=known).values_list("pk", flat=True)) if known else set()
    documents = {one.key: one.document for one in batches if one.document in alive}
    gone = {one.key for one in batches if one.document is not None and one.document not in alive}
    new = {one.key for one in batches if one.document is None}
    if new:
        documents |= _documents(new)
    now = moment(timezone.now())
    rows = [
        (documents[one.key], one.data, json.dumps(one.people), one.from_server, now)
        for one in batches
        if one.key not in gone
    ]
    # Written out: model instances would cost more than all else that is done to write, twice a second.
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table(DocumentUpdate)} ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s)", rows)
    return {key: pk for key, pk in documents.items() if pk is not None}, gone


def _documents(keys: Collection[Key]) -> dict[Key, int]:
    """The rows of these documents, made where there are none."""
    made = [SharedDocument(kind=kind, uuid=uuid) for kind, uuid in sorted(keys)]
    SharedDocument.objects.bulk_create(made, ignore_conflicts=True)
    rows = SharedDocument.objects.filter(_named(keys)).values_list("pk", "kind", "uuid")
    return {(kind, uuid): pk for pk, kind, uuid in rows if (kind, uuid) in keys}


@dataclass(slots=True)
class Outline:
    """What is stored of a document, without what it holds. rows: all of them; ripe: those that may go into its
    snapshot: not the portal's own that open rooms still look for, nor what its kind was not told of."""

    document: int
    version: int
    rows: set[int]
    ripe: set[int]


def outlines(keys: Collection[Key], settling: Collection[str]) -> dict[Key, Outline]:
    """Those of documents that have rows. `settling`: the kinds that are told of changes."""
    found = SharedDocument.objects.filter(_named(keys)).values_list("pk", "kind", "uuid", "version", "settled")
    documents = {
        pk: (Outline(pk, version, set(), set()), (kind, uuid), settled) for pk, kind, uuid, version, settled in found
    }
    looked_for = timezone.now() - FOUND_FOR
    rows = DocumentUpdate.objects.filter(document__in=documents)
    for pk, document, from_server, created in rows.values_list("pk", "document", "from_server", "created"):
        one, key, settled = documents[document]
        one.rows.add(pk)
        if not (from_server and created > looked_for) and (key[0] not in settling or pk <= settled):
            one.ripe.add(pk)
    return {key: one for one, key, _settled in documents.values() if key in keys and one.rows}


@transaction.atomic
def exchange(documents: Mapping[Key, tuple[Outline, bytes]]) -> set[Key]:
    """Put a snapshot in the place of the one a document has and of its ripe rows, which are in it. Answers which were
    exchanged: not one that somebody else exchanged since it was outlined."""
    done: set[Key] = set()
    taken: list[int] = []
    for key, (document, snapshot) in sorted(documents.items()):
        # Takes the lock of the row. Another number: what this was worked out from is not what is there.
        mine = SharedDocument.objects.filter(pk=document.document, version=document.version)
        if mine.update(snapshot=snapshot, version=document.version + 1):
            done.add(key)
            taken += document.ripe
    for start in range(0, len(taken), TOGETHER):
        DocumentUpdate.objects.filter(pk__in=taken[start : start + TOGETHER]).delete()
    return done


def compact(key: Key, outline: Outline) -> bool:
    """Put the ripe rows of a document into its snapshot, from what is stored alone. False when there was nothing to do,
    or somebody else just did it. What is written meanwhile stays, and so does what waits for an update that is not
    stored yet."""
    document = stored([key])[key]
    document.rows = [(pk, data) for pk, data in document.rows if pk in outline.ripe]
    made = replay(document)
    if made.is_broken or not made.taken or document.version != outline.version:
        return False
    return bool(exchange({key: (replace(outline, ripe=set(made.taken)), made.doc.get_update())}))


def _named(keys: Collection[Key]) -> models.Q:
    """The condition on documents of being among these, and perhaps some more."""
    return models.Q(kind__in={kind for kind, _uuid in keys}, uuid__in={uuid for _kind, uuid in keys})


def unsettled(key: Key) -> tuple[int, set[int]]:
    """Up to which row, and whose changes, the kind was not told of yet. (0, nobody) when there is nothing."""
    rows = DocumentUpdate.objects.filter(
        document__kind=key[0], document__uuid=key[1], pk__gt=models.F("document__settled")
    )
    found = list(rows.values_list("pk", "people"))
    return max((pk for pk, _people in found), default=0), {one for _pk, people in found for one in people}


def note_settled(key: Key, row: int) -> None:
    """The kind was told of everything up to this row."""
    SharedDocument.objects.filter(kind=key[0], uuid=key[1], settled__lt=row).update(settled=row)


def left_unsettled(kinds: Iterable[str], older_than: timedelta) -> list[Key]:
    """Documents with changes that nobody told their kind of: a process ended before it did."""
    rows = DocumentUpdate.objects.filter(
        document__kind__in=list(kinds),
        pk__gt=models.F("document__settled"),
        created__lt=timezone.now() - older_than,
    )
    return list(rows.values_list("document__kind", "document__uuid").distinct()[:TOGETHER])


def fresh_server_rows() -> dict[Key, list[tuple[int, bytes]]]:
    """The portal's own changes of the last minutes, by document: rows and their data. There are few."""
    rows = DocumentUpdate.objects.filter(from_server=True, created__gt=timezone.now() - FOUND_FOR).order_by("pk")
    found: dict[Key, list[tuple[int, bytes]]] = {}
    for pk, kind, uuid, data in rows.values_list("pk", "document__kind", "document__uuid", "data"):
        found.setdefault((kind, uuid), []).append((pk, bytes(data)))
    return found
