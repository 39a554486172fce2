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

from .models import Outbox, SpaceOutbox

# With more than this waiting, no count is shown at all: the indexer is far behind, for a few seconds.
MOST = 2_000
# How long the indexer may take to notice that a share has ended.
SHARE_DAYS = 2


@dataclass(frozen=True)
class Pending:
    """Contents and spaces to leave out for one person; `is_countable` is False when they are too many to name."""

    contents: frozenset[int]
    spaces: frozenset[int]
    is_countable: bool = True


def pending_for(person: Any) -> Pending:
    """What waits for the indexer and `person` may not see now."""
    mine, params = among("principal", sorted(principals_of(person)), "text", vendor())
    now = timezone.now()
    # One query: contents that changed, spaces whose readers did, shares with this person that ended by themselves.
    found = rows(
        f"SELECT 0, content_id FROM (SELECT content_id FROM {table(Outbox)} LIMIT {MOST + 1}) waiting "
        f"UNION ALL SELECT 1, space_id FROM {table(SpaceOutbox)} "
        f"UNION ALL SELECT 0, content_id FROM {table(Share)} "
        f"WHERE withdrawn IS NULL AND expires <= %s AND expires > %s AND {mine}",
        [moment(now), moment(now - timedelta(days=SHARE_DAYS)), *params],
    )
    contents = {pk for sort, pk in found if sort == 0}
    spaces = {pk for sort, pk in found if sort == 1} - set(readable_space_ids(person))
    if len(contents) > MOST:
        return Pending(frozenset(), frozenset(spaces), is_countable=False)
    if contents:
        contents -= set(Content.objects.filter(pk__in=contents).visible_to(person).values_list("pk", flat=True))
    return Pending(frozenset(contents), frozenset(spaces))
