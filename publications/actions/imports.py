"""How one item of a source becomes a notice, changes it, joins its other language, or ends it.

Each item is written in a transaction of its own, whole or not at all: a long feed never holds the one writer of SQLite
for seconds, an item that is refused undoes no other, and a worker killed halfway goes on where it was, since
what was written is known by its id.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext, override

from foundation.activity.actions import quietly
from foundation.audiences.policies import Refused
from foundation.content.actions import trash
from foundation.content.models import State

from ..errors import GateClosed
from ..models import Correction, Notice, Source, SourceItem, Stage, Tag
from ..parsing import Item
from ..problems import in_both
from .drafts import TAGS_MAX, addressees
from .notices import end_now, locked, publish_now, save_draft, start_draft

# What is older than this when it first comes is published without a word: nobody is told fifty old things at once.
NEWS = timedelta(days=2)
# Worth trying again at the next reading.
PASSING = frozenset({"refused", "unwritable"})


@dataclass
class Outcome:
    """What came of one item: added, drafted, corrected, ended, unchanged or left_out; and what was wrong."""

    what: str
    problems: list[dict[str, Any]] = field(default_factory=list)


def unchanged_of(source: Source, items: list[Item]) -> set[tuple[str, str]]:
    """The items that are as they were, by id and language: one query for a whole feed. They are marked as seen."""
    known = SourceItem.objects.filter(source=source, external_id__in={one.external_id for one in items})
    digests = {(one.external_id, one.language): one for one in known}
    same = {
        (one.external_id, one.language): digests[one.external_id, one.language].pk
        for one in items
        if (one.external_id, one.language) in digests and digests[one.external_id, one.language].digest == one.digest
    }
    SourceItem.objects.filter(pk__in=same.values()).update(seen=timezone.now())
    return set(same)


def take_in(source: Source, item: Item, *, actor: Any) -> Outcome:
    """Write one item in the name of the source's keeper. Raises nothing: what is wrong is in the outcome."""
    try:
        with transaction.atomic():
            return _take_in(source, item, actor)
    except Refused as refusal:
        return _left_out(item, "refused", reason=in_both([refusal.reason]))
    except GateClosed as closed:
        return _left_out(item, "refused", reason=in_both(closed.missing))
    except ValidationError as error:
        return _left_out(item, "unwritable", error=" ".join(error.messages)[:300])
    except (DataError, ValueError) as error:
        return _left_out(item, "unwritable", error=type(error).__name__)


def _left_out(item: Item, code: str, what: str = "left_out", **data: Any) -> Outcome:
    return Outcome(what, [{"code": code, "item": item.title[:200] or item.external_id[:200], "data": data}])


def _take_in(source: Source, item: Item, actor: Any) -> Outcome:
    # One item of a source at a time: a poll and a push of the same one make one notice.
    Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    known = (
        SourceItem.objects.filter(source=source, external_id=item.external_id, language=item.language)
        .select_related("notice")
        .first()
    )
    if known is not None and known.digest == item.digest:
        return Outcome("unchanged")
    if item.is_withdrawn:
        return _withdraw(known, item, actor)
    if known is not None:
        outcome = _change(source, known.notice, item, actor, known.revision)
        _remember(source, item, known.notice)
        return outcome
    other = _counterpart(source, item)
    if other is not None:
        outcome = _change(source, other.notice, item, actor, other.revision)
        _remember(source, item, other.notice)
        return outcome
    is_old = item.published is not None and item.published < timezone.now() - NEWS
    with quietly() if is_old else contextlib.nullcontext():
        return _add(source, item, actor)


def _remember(source: Source, item: Item, notice: Notice) -> None:
    """That this item, as it is, is this notice; and which text of the notice came from its source."""
    SourceItem.objects.update_or_create(
        source=source,
        external_id=item.external_id,
        language=item.language,
        defaults={"digest": item.digest, "url": item.url, "notice": notice, "seen": timezone.now()},
    )


def _mark_revision(notice: Notice) -> None:
    written = Notice.objects.values_list("latest_revision_id", flat=True).get(pk=notice.pk)
    SourceItem.objects.filter(notice=notice).update(revision=written)


# -- new --------------------------------------------------------------------------------------------------------------


def _add(source: Source, item: Item, actor: Any) -> Outcome:
    values = {
        **_texts(item, is_original=True),
        **_facts(item),
        "genre": source.genre,
        "language": item.language,
        "audience": addressees(source.audience),
    }
    notice = start_draft(source.space, values, actor=actor, source_url=item.url)
    _remember(source, item, notice)
    problem = _publish(source, notice, item, actor) if source.arrival == Source.Arrival.PUBLISH else None
    _mark_revision(notice)
    if source.arrival == Source.Arrival.PUBLISH and problem is None:
        return Outcome("added")
    return Outcome("drafted", [problem] if problem else [])


def _publish(source: Source, notice: Notice, item: Item, actor: Any) -> dict[str, Any] | None:
    """Publish, or say why it stays a draft."""
    was_public = notice.is_public
    try:
        with transaction.atomic():
            publish_now(notice, actor=actor)
            if item.published and not was_public:
                # The date people know it by is the one of its first publication, elsewhere.
                Notice.objects.filter(pk=notice.pk).update(published=item.published, updated=item.published)
    except (GateClosed, Refused) as closed:
        reasons = closed.missing if isinstance(closed, GateClosed) else [closed.reason]
        return {"code": "gate", "item": item.title[:200], "data": {"reasons": in_both(reasons)}}
    return None


def _texts(item: Item, *, is_original: bool) -> dict[str, Any]:
    mine = {"title": item.title, "summary": item.summary, "body": item.body}
    if not is_original:
        return {**{f"{name}_translated": text for name, text in mine.items()}, "translation_ready": True}
    if not item.other:
        return mine
    theirs = {f"{name}_translated": text for name, text in item.other.items()}
    return {**mine, **theirs, "translation_ready": True}


def _facts(item: Item) -> dict[str, Any]:
    """What is of the publication, not of its language."""
    facts: dict[str, Any] = {"tags": _subjects(item)}
    if item.event_starts:
        facts |= {
            "event_starts": item.event_starts,
            "event_ends": item.event_ends,
            "event_place": item.event_place[:200],
        }
    return facts


def _subjects(item: Item) -> list[str]:
    """The city's subjects among the source's: by address or name."""
    if not item.subjects:
        return []
    named = Q(slug__in=[slugify(one)[:60] for one in item.subjects])
    for one in item.subjects:
        named |= Q(name_fr__iexact=one[:80]) | Q(name_en__iexact=one[:80])
    return list(Tag.objects.filter(named).values_list("slug", flat=True)[:TAGS_MAX])


# -- changed ----------------------------------------------------------------------------------------------------------


def _counterpart(source: Source, item: Item) -> SourceItem | None:
    """The same publication in the other language: of this source or of its pair, by id or by the link to it."""
    pairs = Q(pk=source.pk) | Q(pk=source.pair_id) | Q(pair_id=source.pk)
    same = Q(external_id=item.external_id)
    alternates = [one for one in item.alternates if one]
    if alternates:
        same |= Q(url__in=alternates)
    found = SourceItem.objects.filter(same, source__in=Source.objects.filter(pairs)).exclude(language=item.language)
    taken = SourceItem.objects.filter(language=item.language, source__in=Source.objects.filter(pairs))
    other = found.exclude(notice__in=taken.values("notice_id")).select_related("notice").order_by("pk").first()
    return other if other is not None and other.notice.language != item.language else None


def _change(source: Source, notice: Notice, item: Item, actor: Any, revision: int | None) -> Outcome:
    """The source's text changes, or its other language comes."""
    row = locked(notice)
    if row.state in (State.TRASHED, State.ARCHIVED) or row.stage == Stage.EXPIRED:
        return _left_out(item, "closed")
    if revision is not None and row.latest_revision_id != revision:
        # Somebody's work here is never overwritten by a machine.
        return _left_out(item, "changed_here")
    is_original = item.language == row.language
    values = {**_texts(item, is_original=is_original), **(_facts(item) if is_original else {})}
    save_draft(row, values, actor=actor, correction=_correction(source))
    if is_original and item.url and item.url != row.source_url:
        Notice.objects.filter(pk=row.pk).update(source_url=item.url)
    problem = None
    if source.arrival == Source.Arrival.PUBLISH:
        problem = _publish(source, row, item, actor)
    _mark_revision(row)
    # The first publication, dated by its source, is older than any text here.
    Correction.objects.filter(notice=row, before=None).update(before_id=revision)
    what = "drafted" if problem or source.arrival == Source.Arrival.DRAFT else "corrected"
    return Outcome(what, [problem] if problem else [])


def _correction(source: Source) -> Mapping[str, Any]:
    if source.change == Source.Change.TOUCH_UP:
        return {"touch_up": True}
    notes = {}
    for language in ("fr", "en"):
        with override(language):
            notes[f"note_{language}"] = gettext("The text was changed at its source.")
    return notes


def _withdraw(known: SourceItem | None, item: Item, actor: Any) -> Outcome:
    """The source takes it back: what was published ends, a draft goes to the trash."""
    if known is None:
        return Outcome("unchanged")
    row = locked(known.notice)
    SourceItem.objects.filter(pk=known.pk).update(digest=item.digest, seen=timezone.now())
    if row.state in (State.TRASHED, State.ARCHIVED) or row.stage == Stage.EXPIRED:
        return Outcome("unchanged")
    if row.is_public:
        end_now(row, actor=actor)
    else:
        trash(row, actor=actor)
    return Outcome("ended")
