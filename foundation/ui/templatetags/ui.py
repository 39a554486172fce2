"""`{% load ui %}`: icons, avatars, dates, Markdown and the components that wrap content. Nothing here queries."""

from __future__ import annotations

import uuid as uuid_module
import zlib
from collections.abc import Hashable, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from foundation.ui import dates, pairs
from foundation.ui.markup import render_markdown

register = template.Library()

TINTS = 8
# Of each size of avatar: the pixels of the photo asked for, which screens of double density show, and those drawn.
PHOTOS = {"sm": (48, 28), "md": (96, 36), "lg": (192, 56), "xl": (192, 96), "xxl": (384, 128)}
PHONE_ITEMS = 4
SETTLED = timedelta(days=2)


@register.simple_tag
def brand_name() -> str:
    """The product's name in the header and titles; a city sets `BRAND_NAME`."""
    return getattr(settings, "BRAND_NAME", "Parvis")


@register.simple_tag
def brand_stylesheet() -> str:
    """Link the city's own tokens, a static file named by `BRAND_STYLESHEET`, after ours."""
    path = getattr(settings, "BRAND_STYLESHEET", "")
    return format_html('<link rel="stylesheet" href="{}">', static(path)) if path else ""


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """`{% icon "bell" %}` beside a word, or `{% icon "bell" label=... %}` alone. `size`: small or large."""
    return _icon(name, str(label), size)


@lru_cache(maxsize=1024)
def _icon(name: str, label: str, size: str) -> SafeString:
    # Kept: a page has fifty of them, and the address of the sprite does not change while the process lives.
    css = f"icon icon--{size}" if size else "icon"
    address = f"{static('built/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', css, label, address)
    return format_html('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>', css, address)


def _tint(key: object) -> int:
    """One of the eight soft colours, always the same for the same uuid or name."""
    if isinstance(key, uuid_module.UUID):
        return key.int % TINTS + 1
    return zlib.crc32(str(key).encode()) % TINTS + 1


@register.simple_tag
def avatar(person: Any, size: str = "md", label: bool = False) -> SafeString:
    """The photo, or initials on a colour of the person's own. Decorative beside a name; `label=True` when alone.

    A person is anything with `uuid`, `name` and `initials`; `photo_at(size)` gives the address of a photo, or nothing.
    """
    if person is None:
        return format_html('<span class="avatar avatar--{} tint-8" aria-hidden="true">{}</span>', size, icon("user"))
    return initials_avatar(person.uuid, person.initials, size, person.name if label else "", photo_of(person, size))


@register.simple_tag
def photo_of(person: Any, size: str = "md") -> str:
    """The address of the photo an avatar of that size shows; empty without one."""
    return person.photo_at(PHOTOS[size][0]) if hasattr(person, "photo_at") else ""


@register.simple_tag
@lru_cache(maxsize=4096)
def initials_avatar(
    uuid: uuid_module.UUID, initials: str, size: str = "md", label: str = "", photo: str = ""
) -> SafeString:
    """The same from plain values, for fragments that are remembered."""
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    image = ""
    if photo:
        # The initials stay underneath: they show while the photo is fetched, and to who may not have it.
        image = format_html(
            '<img class="avatar__photo" src="{}" width="{}" height="{}" alt="" loading="lazy" decoding="async">',
            *(photo, PHOTOS[size][1], PHOTOS[size][1]),
        )
    css = f"avatar avatar--{size} tint-{_tint(uuid)}"
    return format_html('<span class="{}" {}>{}{}</span>', css, named, initials, image)


@register.simple_tag
def remembered(template_name: str, **values: Hashable) -> SafeString:
    """`{% remembered "ui/navigation/navigation.html" spaces=frame.spaces %}`: rendered once for the same values.

    For parts of the frame, which every page repeats. The template sees `values` alone, never the page's context, so
    what it shows is what its key says. In the memory of the process, the least used forgotten first.
    """
    return _remembered(template_name, get_language(), tuple(values.items()))


@lru_cache(maxsize=4096)
def _remembered(template_name: str, _language: str | None, values: tuple[tuple[str, Hashable], ...]) -> SafeString:
    return mark_safe(render_to_string(template_name, dict(values)))


@register.simple_tag
@lru_cache(maxsize=4096)
def monogram(name: str) -> SafeString:
    """The first letter of a space's name on a small coloured square. Decorative."""
    letter = next((char for char in str(name) if char.isalnum()), "·").upper()
    return format_html('<span class="monogram tint-{}" aria-hidden="true">{}</span>', _tint(name), letter)


@register.simple_tag
def when(moment: datetime | date | None) -> SafeString | str:
    """`<time>` with a relative text near now, the date further away; the full date as a title."""
    if moment is None:
        return ""
    if not isinstance(moment, datetime) or timezone.is_naive(moment):
        return _when(moment)
    now = timezone.now()
    # Past yesterday the text of a date changes once a year, before that once a minute.
    turn = timezone.localdate().year if now - moment > SETTLED else int(now.timestamp()) // 60
    return _kept(moment, turn, pairs.reading_language())


@lru_cache(maxsize=8192)
def _kept(moment: datetime, _turn: int, _language: str) -> SafeString:
    return _when(moment)


def _when(moment: datetime | date) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), dates.full(moment), dates.relative(moment)
    )


@register.filter
def clock(moment: datetime | None) -> str:
    """`{{ meeting.starts_at|clock }}`: « 14 h 30 », "2:30 p.m."."""
    return "" if moment is None else dates.clock(moment)


@register.filter
def stamp(moment: datetime | None) -> str:
    """`{{ proof.at|stamp }}`: « 3 décembre 2026 à 14 h 30 »."""
    return "" if moment is None else dates.stamp(moment)


@register.filter
def long_date(moment: datetime | date | None) -> str:
    """`{{ today|long_date }}`: « lundi 23 novembre 2026 », "Monday, November 23, 2026"."""
    return "" if moment is None else dates.long(moment)


@register.filter
def day(moment: datetime | date | None) -> str:
    """`{{ absence.ends|day }}`: « 4 décembre », with its year when it is another one."""
    return "" if moment is None else dates.day(moment)


@register.filter
def markdown(source: str | None) -> SafeString:
    """`{{ comment.body|markdown }}` as safe HTML; wrap it in `<div class="prose">`."""
    return render_markdown(source or "")


@register.filter
def on_phone(navigation: Iterable[Any] | None) -> list[Any]:
    """The first four entries meant for the phone's bottom bar."""
    return [item for item in navigation or () if item.on_phone][:PHONE_ITEMS]


@register.simple_tag
def pair(obj: Any, field: str) -> SafeString | str:
    """`{% pair notice "title" %}`: the text, marked with its language when it is not the reader's."""
    text = getattr(obj, f"{field}_{pairs.language_used(obj, field)}")
    other = pairs.other_language(obj, field)
    return format_html('<span lang="{}">{}</span>', other, text) if other else text


@register.simple_tag
def pair_notice(obj: Any, field: str) -> SafeString | str:
    """Tell the reader, in one line, that a text exists in the other language only."""
    other = pairs.other_language(obj, field)
    if not other:
        return ""
    text = gettext("This text is not available in English yet.")
    return mark_safe(render_to_string("ui/notice/notice.html", {"kind": "info", "content": text, "small": True}))


@register.simple_block_tag
def filled(content: str, element: str, label: str = "", **attributes: str) -> SafeString | str:
    """`{% filled "aside" class="..." label=... %}…{% endfilled %}`: the element, unless its content is blank."""
    if not content.strip():
        return ""
    css = attributes.get("class", "")
    named = format_html(' aria-label="{}"', label) if label else ""
    return format_html('<{} class="{}"{}>{}</{}>', mark_safe(element), css, named, content, mark_safe(element))


@register.simple_block_tag
def card(content: str, title: str = "", **options: Any) -> SafeString:
    """A titled card. Options: `count`, `url` and `link` (its "see all"), `level` (2), `flush` (rows edge to edge)."""
    return mark_safe(render_to_string("ui/card/card.html", {"content": content, "title": title, **options}))


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "", **options: Any) -> SafeString:
    """A message in the page. `kind`: info, success, warning or alert; `live=True` announces it."""
    context = {"content": content, "kind": kind, "title": title, **options}
    return mark_safe(render_to_string("ui/notice/notice.html", context))


@register.simple_block_tag
def menu(content: str, label: str, **options: Any) -> SafeString:
    """A menu of `.menu__item`. Options: `symbol` (dots), `text=True` shows the label, `align="start"`, `button`."""
    context = {"content": content, "label": label, "symbol": "dots", **options}
    return mark_safe(render_to_string("ui/menu/menu.html", context))


def _component(name: str, path: str, *positional: str) -> None:
    """Register an inclusion tag: its own context (nothing leaks in from the page), any named option."""

    def tag(*values: Any, **options: Any) -> dict[str, Any]:
        return {**dict(zip(positional, values, strict=True)), **options}

    tag.__name__ = name
    register.inclusion_tag(f"ui/{path}.html", name=name)(tag)


# {% row url= title= facts=[...] at= symbol= kind= todo= unread= action= action_url= action_method="post" %}
_component("row", "row/row")
# {% person_row person unit= phone= phone_link= absence= %}
_component("person_row", "person_row/person_row", "person")
# {% tile name= url= symbol= tint=1..8 note= external= %} in <ul class="tiles">
_component("tile", "application_tile/application_tile")
# {% attachment name= url= type= size=bytes symbol= %} in <ul class="rows rows--framed attachments">
_component("attachment", "attachment/attachment")
# {% empty_state symbol= title= text= action= action_url= %}
_component("empty_state", "empty/empty")
# {% show_more url= list="id of the <ul>" label= %} as the list's last item
_component("show_more", "more/more")
# {% contribution author= at= body= anchor= accepted= edited= actions="template" subject=obj %} in <div class="thread">
_component("contribution", "comment/comment")
# {% composer action= label= button= person= placeholder= id= name= value= target="#thread" swap= %}
_component("composer", "composer/composer")
# {% breadcrumb steps %}: objects or dicts with `label` and `url` (none on the last)
_component("breadcrumb", "breadcrumb/breadcrumb", "steps")
# {% tabs tabs label= %}: objects or dicts with `label`, `url`, `is_current`, `count`
_component("tabs", "tabs/tabs", "tabs")


@register.filter
def file_size(size: int | None) -> str:
    """`{{ file.size|file_size }}`: bytes as « 1,8 Mo », "1.8 MB"."""
    if size is None:
        return ""
    letter = "o" if pairs.reading_language() == "fr" else "B"
    amount = float(size)
    for prefix in ("", "k", "M", "G"):
        if amount < 1000 or prefix == "G":
            break
        amount /= 1000
    digits = 1 if prefix in ("M", "G") and amount < 100 else 0
    return f"{formats.number_format(amount, digits)}\u00a0{prefix}{letter}"


@register.filter
def message_kind(message: Any) -> str:
    """The notice's kind for one of Django's messages."""
    return {"success": "success", "warning": "warning", "error": "alert"}.get(message.level_tag, "info")
