"""What the search box suggests while one types, in groups: actions, what I open often, people, and all else by kind."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.content.kinds import kind_of
from foundation.content.models import Content
from foundation.spaces.querysets import readable_space_ids

from .facets import labels_of_kinds
from .search import suggest
from .shortcuts import shortcuts_for
from .sorts import FINDABLE, Sort, sort_of, sorts

LONGEST = 100
# Of each group, and of what I opened before.
MOST, MOST_RECENT = 4, 6


@dataclass(frozen=True)
class Suggestion:
    """One option: where it leads, its name and, smaller, what it is. `person` where it is one, for the picture."""

    url: str
    label: str
    note: str = ""
    icon: str = ""
    person: Any = None


@dataclass(frozen=True)
class Group:
    """Options of one sort under its name."""

    key: str
    title: str | Promise
    options: Sequence[Suggestion]


def suggestions_for(person: Any, text: str, recent: Sequence[tuple[str, UUID]]) -> list[Group]:
    """The groups for what was typed so far. `recent`: kind and uuid of what the browser remembers and finds fitting;
    shown as far as `person` may still see it. The browser alone knows it: nothing is kept here."""
    text = text[:LONGEST]
    readable = set(readable_space_ids(person))
    groups = [
        Group(
            "actions",
            _("Actions and pages"),
            [Suggestion(one.url_for(person), str(one.label), icon=one.icon) for one in shortcuts_for(person, text)],
        )
    ]
    known = _remembered(person, recent[:MOST_RECENT])
    groups.append(Group("recent", _("Opened before"), [_suggestion(one, readable) for one in known]))
    seen = {(type(one), one.pk) for one in known}
    if text.strip():
        groups += [
            Group(key, title, [_suggestion(one, readable) for one in found if (type(one), one.pk) not in seen][:MOST])
            for key, title, found in _found(person, text)
        ]
    return [group for group in groups if group.options]


def _found(person: Any, text: str) -> list[tuple[str, str | Promise, Sequence[Any]]]:
    """(key, title, objects) by sort and kind."""
    groups: list[tuple[str, str | Promise, Sequence[Any]]] = []
    for sort in sorts():
        if sort.suggest is not None:
            groups.append((sort.kind, sort.plural, sort.suggest(person, text, MOST + 1)))
    others = {sort.label for sort in sorts() if sort.suggest is None}
    by_kind: dict[str, list[Any]] = {}
    for one in [*suggest(person, text, 2 * MOST, labels=others), *suggest(person, text, 4 * MOST, labels=None)]:
        by_kind.setdefault(_kind(one), []).append(one)
    titles = labels_of_kinds()
    return groups + [(kind, titles[kind], found) for kind, found in by_kind.items()]


def _kind(one: Any) -> str:
    sort = sort_of(one)
    return sort.kind if sort else one.kind


def _suggestion(one: Any, readable: Collection[int]) -> Suggestion:
    sort = sort_of(one)
    if sort is None:
        # SECURITY: of a space one may not know, not even the name is told, though something in it was shared.
        note = one.space.name if one.space_id in readable else ""
        return Suggestion(one.get_absolute_url(), one.display_title, note, kind_of(one).icon)
    is_person = sort.kind == "person"
    return Suggestion(one.get_absolute_url(), str(one), sort.note(one), sort.icon, one if is_person else None)


def _remembered(person: Any, recent: Sequence[tuple[str, UUID]]) -> list[Any]:
    """Those things, in the same order, as far as `person` may see them: a query for contents and a few for each other
    sort."""
    by_kind: dict[str, Sort] = {sort.kind: sort for sort in sorts()}
    found: dict[UUID, Any] = {}
    contents = [key for kind, key in recent if kind not in by_kind]
    if contents:
        shown = Content.objects.filter(uuid__in=contents, state__in=FINDABLE).visible_to(person).with_card()
        found |= {one.uuid: one for one in shown}
    for kind in {kind for kind, _key in recent if kind in by_kind}:
        sort = by_kind[kind]
        keys = [key for other, key in recent if other == kind]
        pks = apps.get_model(sort.label)._default_manager.filter(uuid__in=keys).values_list("pk", flat=True)
        found |= {one.uuid: one for one in sort.door(person, list(pks)).values()}
    return [found[key] for _kind, key in recent if key in found]
