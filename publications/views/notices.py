"""Reading notices: the list, one of them, its corrections, its PDF."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from foundation.acknowledgements.actions import count_reading
from foundation.acknowledgements.bars import bar_of
from foundation.acknowledgements.readings import readings_of
from foundation.activity.actions import mark_content_read
from foundation.content.cursors import decode, page_of
from foundation.content.kinds import cards_of
from foundation.content.models import Content
from foundation.spaces.models import Role
from foundation.spaces.policies import role_in

from .. import actions
from ..comparing import Effort, compare
from ..forms import ReopenForm
from ..models import Genre, Notice, Sequence, Site, Tag
from ..pdf import pdf_of
from ..querysets.notices import beside
from ..querysets.sites import named_sites
from ..reading import audience_words, languages_of, other_language_note, steps_of

PAGE = 20
GENRES = frozenset(Genre.values)
GENRE_CHOICES = tuple(Genre.choices)


def found(request: HttpRequest, uuid: UUID) -> Notice:
    """A notice that the reader sees; 404 for all others."""
    return get_object_or_404(Notice.objects.visible_to(request.user).for_page(), uuid=uuid)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else None


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What is in force, the newest first; narrowed by genre, site, subject and year."""
    asked = request.GET
    rows = Notice.objects.visible_to(request.user).with_row()
    genre, year = asked.get("genre", ""), _number(asked.get("year", ""))
    is_past = asked.get("past") == "1"
    rows = rows.ended() if is_past else rows.in_force()
    sites = named_sites(request.user)
    site = next((one for one in sites if one.slug == asked.get("site")), None)
    subjects = Tag.objects.visible_to(request.user).named()
    subject = next((one for one in subjects if one.slug == asked.get("subject")), None)
    if genre in GENRES:
        rows = rows.of_genre(genre)
    if site:
        rows = rows.in_space(site)
    if subject:
        rows = rows.tagged(subject.slug)
    if year:
        rows = rows.of_year(year)
    page = page_of(rows.before(decode(asked.get("before"))).newest_first(), PAGE)
    kept = asked.copy()
    kept.pop("before", None)
    context = {
        "page": page,
        "kept": kept.urlencode(),
        "genre": genre if genre in GENRES else "",
        "genres": GENRE_CHOICES,
        "site": site,
        "sites": sites,
        "subject": subject,
        "subjects": subjects,
        "year": year,
        "years": Sequence.objects.years(),
        "is_past": is_past,
        "is_narrowed": bool(genre in GENRES or site or subject or year or is_past),
        "can_write": Site.objects.of_writer(request.user).exists(),
    }
    return render(request, "publications/notices.html", context)


@require_safe
def notice(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One notice, as it is published; a draft for those who write it. Opening it reads what one was told about it."""
    one = get_object_or_404(Notice.objects.visible_to(request.user).for_reading(), uuid=uuid)
    is_writer = _is_writer(one, request.user)
    if is_writer:
        one = found(request, uuid)
    if not one.is_public:
        one = _as_draft(one)
    else:
        mark_content_read(one, actor=request.user)
    bar = bar_of(one, request.user, one.shown["language"]) if one.is_public else None
    steps = steps_of(one, request.user) if is_writer else {}
    if one.is_public and bar is None:
        # Without names: reading is recorded by name only where an acknowledgement is asked for.
        count_reading(one, request.user)
    context = {
        **_around(one, request.user),
        "bar": bar,
        **steps,
        "writes": bool(steps),
        "missing": one.draft().missing() if steps else [],
        "readings": readings_of(one) if steps and one.is_public else None,
        "languages": languages_of(one) if steps else [],
        "comments": actions.comments_of(one) if steps else [],
        "reopen_form": ReopenForm() if steps else None,
    }
    return render(request, "publications/notice.html", context)


def _is_writer(one: Notice, person: Any) -> bool:
    """Whether they write it or answer for it: only they see its steps."""
    role = role_in(person, one.space)
    return role >= Role.EDITOR or (role >= Role.CONTRIBUTOR and person.pk in (one.author_id, one.owner_id))


def _as_draft(one: Notice) -> Notice:
    """The text being written, on the row that was found."""
    draft = one.draft()
    draft.space = one.space
    return draft


def _around(one: Notice, person: Any) -> dict[str, Any]:
    """What surrounds the text, whoever reads."""
    has = beside(one)
    related = Content.objects.visible_to(person).filter(pk__in=one.related.values("pk")).published().with_card()
    return {
        "notice": one,
        "shown": one.shown,
        "note": other_language_note(one),
        "audience": audience_words(one.audience, person),
        "attachments": one.attachments.of_page(one),
        "tags": list(one.tags.all()) if has.tags else [],
        "related": cards_of(related) if has.related else [],
        "corrections": list(one.corrections.all()) if has.corrections else [],
        "readable": one.readable_languages,
    }


@require_safe
def corrections(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What each correction changed, in the reader's language: the chain back to the original."""
    one = found(request, uuid)
    chain, effort = [], Effort()
    for each in one.corrections.select_related("by", "before", "after"):
        before, after = (one.with_content_json(rev.content) if rev else None for rev in (each.before, each.after))
        language = one.shown["language"]
        differences = compare(before.text_in(language), after.text_in(language), effort) if before and after else []
        chain.append({"correction": each, "differences": [each for each in differences if each.has_changed]})
    if not chain:
        raise Http404
    return render(request, "publications/corrections.html", {"notice": one, "chain": chain})


@require_safe
def pdf(request: HttpRequest, uuid: UUID, language: str) -> HttpResponse:
    """The official rendering in one language."""
    one = found(request, uuid)
    if not one.is_public or one.language_for(language) != language:
        raise Http404
    name = f"{one.get_genre_display()} {one.reference or one.uuid} {language}".replace("/", "-")
    response = HttpResponse(pdf_of(one, language, get_language() or "fr"), content_type="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name, safe='')}.pdf"
    # SECURITY: a PDF can hold scripts; ours has none, and the browser is told to run none.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return response
