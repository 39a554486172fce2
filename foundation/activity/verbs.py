"""Verbs: the kinds of things that happen, each with its sentence, icon and who is told by default."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.functional import Promise

from foundation.audiences.models import Audience

if TYPE_CHECKING:
    from .models import Activity


@dataclass(frozen=True)
class Telling:
    """Whom to tell, and why. Either `people` (a condition on people) or `audience` (one row, however many they are).

    reason: a key of `Notification.Reason`. Earlier tellings win: a person is told once per activity.
    """

    reason: str
    people: Q | None = None
    audience: Audience | None = None


def nobody(_activity: "Activity") -> Iterable[Telling]:
    """Recorded, told to nobody."""
    return ()


def no_words(_activity: "Activity") -> Mapping[str, str]:
    """Nothing but what every sentence has."""
    return {}


@dataclass(frozen=True)
class Verb:
    """One kind of thing that happens.

    key: "app.past_tense". sentence: lazily translated, with %(actor)s, %(title)s and %(space)s. tell: who is told. url:
    where its notifications lead, when it is not to what it happened to. words: what else the sentence holds, in the
    active language, without a query.
    """

    key: str
    sentence: str | Promise
    icon: str
    tell: Callable[["Activity"], Iterable[Telling]] = nobody
    url: Callable[["Activity"], str] | None = None
    words: Callable[["Activity"], Mapping[str, str]] = no_words


_verbs: dict[str, Verb] = {}


def register_verb(verb: Verb) -> Verb:
    """Add a verb and give it back. Twice is a programming error: ValueError."""
    if verb.key in _verbs:
        raise ValueError(f"verb registered twice: {verb.key}")
    _verbs[verb.key] = verb
    return verb


def verb_of(key: str) -> Verb:
    """The verb with that key; KeyError for one that no app registered."""
    return _verbs[key]
