"""A content's comments, ready for a page: what each one shows and what this person may do with it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

from django.utils.translation import get_language

from foundation.audiences.policies import Answer, Denied, ask
from foundation.content.models import Content

from .models import Comment, Reaction

# A longer thread shows its latest comments, and the rest on demand.
SHOWN = 200


@dataclass(frozen=True)
class Sign:
    """One reaction button."""

    key: str
    label: str
    icon: str
    count: int
    is_mine: bool


ICONS = {"like": "thumb-up", "thanks": "heart", "idea": "bulb"}


@dataclass
class Entry:
    """One comment in a thread."""

    comment: Comment
    can_edit: bool
    can_remove: bool
    can_restore: bool
    signs: Sequence[Sign]
    is_new: bool = False
    # The first of what is new: the page draws its line above it.
    begins_news: bool = False
    replies: list["Entry"] = field(default_factory=list)


@dataclass
class Thread:
    """The comments of a content. `answer` is the rule's word on commenting: a refusal has its reason."""

    content: Content
    entries: list[Entry]
    count: int
    has_earlier: bool
    signs: Sequence[Sign]
    answer: Answer
    sending_key: str
    replying_to: Comment | None = None

    @property
    def participants(self) -> list[Any]:
        """Those who wrote in what is shown, in the order in which they came."""
        everyone = [entry.comment.author for one in self.entries for entry in (one, *one.replies)]
        return list({person.pk: person for person in everyone}.values())[:12]

    @property
    def refusal(self) -> str:
        return str(self.answer.reason) if isinstance(self.answer, Denied) else ""


def signs_of(tally: dict[str, tuple[int, bool]]) -> list[Sign]:
    """The reaction buttons for one place."""
    return [Sign(key, label, ICONS[key], *tally.get(key, (0, False))) for key, label in _labels(get_language())]


@cache
def _labels(_language: str | None) -> list[tuple[str, str]]:
    # Kept: sixty of them on a page of twenty comments.
    return [(key, str(label)) for key, label in Reaction.Sign.choices]


def entry_of(
    comment: Comment, person: Any, tally: dict[str, tuple[int, bool]], news: Collection[str] = frozenset()
) -> Entry:
    """One comment as `person` sees it."""
    return Entry(
        comment,
        can_edit=bool(ask(person, "discussion.edit_comment", comment)),
        can_remove=not comment.removed and bool(ask(person, "discussion.remove_comment", comment)),
        can_restore=bool(comment.removed) and bool(ask(person, "discussion.restore_comment", comment)),
        signs=signs_of(tally),
        is_new=str(comment.uuid) in news,
    )


def thread_of(
    content: Content, person: Any, *, news: Collection[str] = frozenset(), whole: bool = False, reply: str = ""
) -> Thread:
    """The thread of a content that `person` was let see. Three queries, whatever its length.

    news: the uuids of the comments `person` had not been shown yet. reply: the uuid of the comment they answer.
    """
    rows = content.comments.for_thread().order_by("-created", "-pk")
    latest = list(rows if whole else rows[: SHOWN + 1])
    has_earlier = not whole and len(latest) > SHOWN
    comments = list(reversed(latest[:SHOWN] if has_earlier else latest))
    tally = Reaction.objects.tally(content, person)
    by_id: dict[int, Entry] = {}
    entries: list[Entry] = []
    has_news = False
    for comment in comments:
        comment.content = content  # the same object: the rules ask nothing more of the database
        entry = by_id[comment.pk] = entry_of(comment, person, tally.get(comment.pk, {}), news)
        parent = by_id.get(comment.parent_id) if comment.parent_id else None
        (parent.replies if parent else entries).append(entry)
        entry.begins_news = entry.is_new and not has_news
        has_news = has_news or entry.is_new
    replying_to = next((one for one in comments if str(one.uuid) == reply and not one.removed), None)
    return Thread(
        content,
        entries,
        count=sum(1 for one in comments if not one.removed),
        has_earlier=has_earlier,
        signs=signs_of(tally.get(None, {})),
        answer=ask(person, "discussion.comment", content),
        sending_key=uuid4().hex,
        replying_to=replying_to,
    )
