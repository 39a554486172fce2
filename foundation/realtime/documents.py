"""Shared documents as they are stored: for apps that read one, and for the rooms that open one.

A document is its snapshot and the rows since. Rows first, then snapshot: a compaction in between then gives some of it
twice, which changes nothing, and never a gap.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from pycrdt import Doc

from .encoding import Malformed
from .models import DocumentUpdate, SharedDocument
from .updates import Update, apply, read_state, read_update, unpacked

logger = logging.getLogger(__name__)

Key = tuple[str, UUID]
# An update that changes nothing.
NOTHING = b"\x00\x00"


@dataclass(slots=True)
class Stored:
    """One document as the database has it. rows: (id, data). pk: None when nothing was stored yet."""

    pk: int | None = None
    snapshot: bytes = b""
    version: int = 0
    rows: list[tuple[int, bytes]] = field(default_factory=list)


@dataclass(slots=True)
class Replayed:
    """A document made from what is stored.

    have: its state. taken: the rows that are in it. waiting: updates that build on others which are not stored yet
    (another process is about to); they belong to it as soon as those come. size: bytes it took to make it.
    """

    doc: Doc
    pk: int | None = None
    version: int = 0
    have: dict[int, int] = field(default_factory=dict)
    taken: list[int] = field(default_factory=list)
    waiting: list[tuple[bytes, Update]] = field(default_factory=list)
    size: int = 0
    # The rows there were.
    rows: set[int] = field(default_factory=set)
    # The snapshot cannot be read: nothing may take its place.
    is_broken: bool = False


def stored(keys: Collection[Key]) -> dict[Key, Stored]:
    """What the database has of these documents: three queries, however many they are."""
    wanted = set(keys)
    found = SharedDocument.objects.filter(
        kind__in={kind for kind, _uuid in wanted}, uuid__in={uuid for _kind, uuid in wanted}
    )
    by_pk = {pk: (kind, uuid) for pk, kind, uuid in found.values_list("pk", "kind", "uuid") if (kind, uuid) in wanted}
    documents = {key: Stored() for key in wanted}
    for pk, key in by_pk.items():
        documents[key].pk = pk
    if by_pk:
        rows = DocumentUpdate.objects.filter(document__in=by_pk).order_by("pk")
        for pk, document, data in rows.values_list("pk", "document_id", "data"):
            documents[by_pk[document]].rows.append((pk, bytes(data)))
        snapshots = SharedDocument.objects.filter(pk__in=by_pk)
        for pk, snapshot, version in snapshots.values_list("pk", "snapshot", "version"):
            documents[by_pk[pk]].snapshot, documents[by_pk[pk]].version = bytes(snapshot), version
    return documents


def replay(document: Stored) -> Replayed:
    """The document, made anew. What cannot be read is left out, and said in the log: the rest is still there."""
    made = Replayed(Doc(allow_multithreading=True), document.pk, document.version)
    if document.snapshot:
        try:
            apply(made.doc, document.snapshot)
        except Malformed:
            logger.exception("the snapshot of document %s cannot be read", document.pk)
            made.is_broken = True
    made.have = read_state(made.doc.get_state())
    made.size = len(document.snapshot)
    left: list[tuple[int, list[tuple[bytes, Update]]]] = []
    for pk, data in document.rows:
        made.size += len(data)
        made.rows.add(pk)
        try:
            left.append((pk, [(one, read_update(one)) for one in unpacked(data)]))
        except Malformed:
            logger.exception("row %s of document %s cannot be read", pk, document.pk)
    while left:
        behind = [(pk, updates) for pk, updates in left if not _take(made, updates)]
        made.taken += sorted({pk for pk, _updates in left} - {pk for pk, _updates in behind})
        if len(behind) == len(left):
            break
        left = behind
    made.waiting = [one for _pk, updates in left for one in updates]
    return made


def _take(made: Replayed, updates: Iterable[tuple[bytes, Update]]) -> bool:
    """Take in the updates of one row; False when some of them must wait."""
    complete = True
    for data, update in updates:
        if not update.follows_on(made.have):
            complete = False
            continue
        try:
            apply(made.doc, data)
        except Malformed:
            logger.exception("an update of document %s cannot be applied", made.pk)
            complete = False
            continue
        update.brings_into(made.have)
    return complete


def document_of(kind: str, uuid: UUID) -> Doc:
    """The shared document of a room, with everything that is stored; an empty one when there is nothing."""
    return replay(stored([(kind, uuid)])[kind, uuid]).doc


def state_of(kind: str, uuid: UUID) -> bytes:
    """The same as one update, for who keeps it or gives it to `change_document`."""
    return document_of(kind, uuid).get_update()
