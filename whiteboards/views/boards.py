"""Boards: my list, those of a space, a new one, one of them to draw on."""

from typing import Any
from uuid import UUID

from csp.decorators import csp_update
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.activity.actions import mark_content_read
from foundation.audiences.policies import Denied, ask
from foundation.content.cursors import decode, page_of
from foundation.discussion.models import Comment
from foundation.spaces.kinds import tabs_of
from foundation.spaces.models import Space
from foundation.ui.forms import blame

from .. import actions
from ..forms import NewBoardForm
from ..models import Board
from ..starting import BLANK, BY_KEY, TEMPLATES
from ..words import left_out_words
from .finding import board_of, space_of

PAGE = 24
WHICH = ("", "mine", "shared", "spaces")
TRASH = 100
# SECURITY: what Excalidraw needs on the page of a board, and nowhere else: pictures that the page itself makes.
CANVAS = {"img-src": ["data:", "blob:"]}


@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """My boards: made by me, shared with me, of my spaces; the last drawn first."""
    asked = request.GET
    which = asked.get("which", "") if asked.get("which") in WHICH else ""
    words = " ".join(asked.get("q", "").split())[:100]
    rows = Board.objects.visible_to(request.user).published()
    if which == "mine":
        rows = rows.made_by(request.user)
    elif which == "shared":
        rows = rows.shared_with(request.user)
    elif which == "spaces":
        rows = rows.in_spaces_of(request.user)
    else:
        rows = rows.of_person(request.user)
    found = rows.matching(words).with_row().before(decode(asked.get("before"))).newest_first()
    context = {
        **_listed(request, page_of(found, PAGE), words),
        "which": which,
        "choices": [
            {"label": label, "url": f"?{_kept(request, which=key)}", "is_current": key == which}
            for key, label in zip(WHICH, _which_words(), strict=True)
        ],
        "templates": TEMPLATES,
    }
    return render(request, "whiteboards/boards.html", context)


def _which_words() -> tuple[str, ...]:
    return pgettext("boards", "All"), pgettext("boards", "Mine"), _("Shared with me"), _("Of my spaces")


def _kept(request: HttpRequest, **changes: str) -> str:
    """The choices of the address with some changed, from the first page on."""
    kept = request.GET.copy()
    kept.pop("before", None)
    for name, value in changes.items():
        kept[name] = value
    return kept.urlencode()


def _listed(request: HttpRequest, page: Any, words: str) -> dict[str, Any]:
    """What both lists show: one page of boards, as pictures or as rows."""
    as_rows = request.GET.get("as") == "rows"
    return {
        "page": page,
        "q": words,
        "as_rows": as_rows,
        "other_form": _kept(request, **{"as": "" if as_rows else "rows"}),
        "kept": _kept(request),
    }


@require_safe
def in_space(request: HttpRequest, slug: str) -> HttpResponse:
    """The boards of a space, the last drawn first."""
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    if space.kind == Space.Kind.PERSONAL:
        return redirect(reverse("whiteboards:boards") + "?which=mine")
    words = " ".join(request.GET.get("q", "").split())[:100]
    rows = Board.objects.in_space(space).visible_to(request.user).published().matching(words).with_row()
    page = page_of(rows.before(decode(request.GET.get("before"))).newest_first(), PAGE)
    tabs = [
        {"label": tab.label, "url": tab.url(space), "is_current": tab.key == "boards"}
        for tab in tabs_of(space, request.user)
    ]
    context = {
        **_listed(request, page, words),
        "space": space,
        "tabs": tabs,
        "can_create": ask(request.user, "whiteboards.create", space),
    }
    return render(request, "whiteboards/in_space.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_board(request: HttpRequest) -> HttpResponse:
    """Make a board: from a template, from a file, or blank."""
    chosen = request.GET.get("template", BLANK)
    initial = {
        "template": chosen if chosen in BY_KEY else BLANK,
        "space": request.GET.get("space", ""),
        "language": get_language(),
    }
    form = NewBoardForm(request.POST or None, request.FILES or None, person=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = _make(request, form)
        if made is not None:
            return redirect(made)
    context = {"form": form, "templates": TEMPLATES, "rest": [form[name] for name in ("space", "language", "file")]}
    return render(request, "whiteboards/new_board.html", context, status=422 if form.errors else 200)


def _make(request: HttpRequest, form: NewBoardForm) -> Board | None:
    """The board of a valid form; None where its file, or the title, is refused: the form then says why."""
    data = {**form.cleaned_data}
    upload = data.pop("file")
    space = space_of(request, data.pop("space"))
    try:
        if upload is None:
            return actions.create_board(actor=request.user, space=space, **data)
        del data["template"]
        board, left_out = actions.create_from_file(upload, actor=request.user, space=space, **data)
    except ValidationError as error:
        blame(form, error)
        return None
    for sentence in left_out_words(left_out):
        messages.warning(request, sentence)
    return board


@require_safe
def trash(request: HttpRequest) -> HttpResponse:
    """The boards I may restore."""
    rows = Board.objects.trashed_for(request.user).with_row().newest_first()
    return render(request, "whiteboards/trash.html", {"rows": rows[:TRASH]})


@require_safe
@csp_update(CANVAS)
def board(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One board, to draw on. Without script it is shown as it is, with the way to its list. Opening it reads what I was
    told about it."""
    found = board_of(request, uuid)
    news = mark_content_read(found, actor=request.user)
    draws = ask(request.user, "whiteboards.draw", found)
    context = {
        "board": found,
        "data": _for_the_canvas(request, found, may_draw=bool(draws)),
        "refusal": str(draws.reason) if isinstance(draws, Denied) else "",
        "can_change": ask(request.user, "content.change", found),
        "comments": Comment.objects.counts([found.pk]).get(found.pk, 0),
        "new_comments": sum(1 for one in news if "comment" in one),
    }
    return render(request, "whiteboards/board.html", context)


def _for_the_canvas(request: HttpRequest, found: Board, *, may_draw: bool) -> dict[str, Any]:
    """What the page tells the script of the canvas."""
    me = request.user
    language = get_language() or "fr"

    def address(name: str) -> str:
        return reverse(f"whiteboards:{name}", args=[found.uuid])

    may_change = bool(ask(me, "content.change", found))
    return {
        "uuid": str(found.uuid),
        "title": found.title,
        "language": language,
        "theme": me.theme,
        "may_write": may_draw,
        "view_only": found.view_only,
        "person": {"id": str(me.uuid), "name": me.name},
        "urls": {
            "boards": reverse("whiteboards:boards"),
            "library": f"{reverse('whiteboards:library')}?language={language}",
            "view": address("view"),
            "images": address("images"),
            "history": address("history"),
            "save_version": address("name_version") if may_draw else None,
            "notes": address("add_notes") if may_draw else None,
            "take_in": address("take_in") if may_draw else None,
            "sharing": reverse("content:sharing", args=[found.uuid]) if ask(me, "content.share", found) else None,
            "settings": address("settings") if may_change else None,
            "view_only": address("switch") if may_change else None,
            "duplicate": address("duplicate"),
            "list_txt": address("list_txt"),
            "list_csv": address("list_csv"),
            "excalidraw": address("excalidraw"),
        },
    }
