"""What the index does not know yet. SECURITY: what has just been narrowed must not be counted until it is indexed
again; hits are checked one by one besides."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from foundation.audiences.principals import principals_of
from foundation.audiences.sql import among, moment, rows, table, vendor
from foundation.content.models import Content, Share
from foundation.spaces.querysets import readable_space_ids

from .models import ObjectOutbox, Outbox, SpaceOutbox
from .sorts import ids_of, labels_of_content, visible

# With more than this waiting, no count is shown at all: the indexer is far behind, for a few seconds.
MOST = 2_000
# How long the indexer may take to notice that a share has ended.
SHARE_DAYS = 2

_CONTENT, _SPACE, _SHARED = "content", "space", "share"


@dataclass(frozen=True)
class Pending:
    """Finds (by the index' ids) and spaces to leave out for one person; `is_countable` is False when they are too many
    to name."""

    ids: frozenset[str]
    spaces: frozenset[int]
    is_countable: bool = True


def pending_for(person: Any) -> Pending:
    """What waits for the indexer and `person` may not see now."""
    mine, params = among("principal", sorted(principals_of(person)), "text", vendor())
    now = timezone.now()
    # One query: contents that changed, other objects, spaces whose readers did, shares with this person that ended by
    # themselves.
    found = rows(
        f"SELECT '{_CONTENT}', content_id FROM (SELECT content_id FROM {table(Outbox)} LIMIT {MOST + 1}) waiting "
        f"UNION ALL SELECT label, key FROM (SELECT label, key FROM {table(ObjectOutbox)} LIMIT {MOST + 1}) others "
        f"UNION ALL SELECT '{_SPACE}', space_id FROM {table(SpaceOutbox)} "
        f"UNION ALL SELECT '{_SHARED}', content_id FROM {table(Share)} "
        f"WHERE withdrawn IS NULL AND expires <= %s AND expires > %s AND {mine}",
        [moment(now), moment(now - timedelta(days=SHARE_DAYS)), *params],
    )
    if not found:
        return Pending(frozenset(), frozenset())
    spaces = frozenset({pk for sort, pk in found if sort == _SPACE} - set(readable_space_ids(person)))
    contents = {pk for sort, pk in found if sort in (_CONTENT, _SHARED)}
    others = {(sort, pk) for sort, pk in found if sort not in (_CONTENT, _SHARED, _SPACE)}
    if len(contents) > MOST or len(others) > MOST:
        return Pending(frozenset(), spaces, is_countable=False)
    waiting = _labelled(contents) | others
    return Pending(ids_of(waiting - visible(person, waiting).keys()), spaces)


def _labelled(contents: set[int]) -> set[tuple[str, int]]:
    """Contents with the label of their kind; of what was purged nobody knows it, so with each."""
    if not contents:
        return set()
    labels = labels_of_content()
    known = dict(Content.objects.filter(pk__in=contents).values_list("pk", "kind"))
    named = {(labels[kind], pk) for pk, kind in known.items() if kind in labels}
    return named | {(label, pk) for pk in contents - known.keys() for label in labels.values()}
