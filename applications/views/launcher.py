"""The launcher, and what one does to one's own."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.audiences.policies import ask
from foundation.spaces.querysets import edited_space_ids

from .. import actions
from ..launching import Launcher, SmallLauncher
from ..models import Application, LauncherView
from ..policies.launcher import can_place_somewhere
from ..querysets import outages_for
from ..tiles import count_words

WORDS_MAX = 100
KEEP = "applications.keep_register"


@require_safe
def launcher(request: HttpRequest) -> HttpResponse:
    """My favourites, what I opened lately, what is new, and all my applications by category."""
    # SECURITY: PostgreSQL takes no NUL; these words reach no query, but they are shown again.
    words = request.GET.get("q", "").replace("\0", "")[:WORDS_MAX]
    person = request.user
    shown = Launcher(person, words, is_arranging="arrange" in request.GET)
    context = {
        "launcher": shown,
        "shapes": LauncherView.Shape,
        "outages": outages_for(person),
        # Of everybody else no query is made.
        "keeps_register": shown.mine.is_owner
        or (edited_space_ids(person) and ask(person, "applications.keep_register", None)),
        "can_place": can_place_somewhere(person, shown.spaces),
    }
    return HttpResponse(shown.page(render_to_string("applications/launcher.html", context, request)))


@require_safe
def menu(request: HttpRequest) -> HttpResponse:
    """The first of my applications, for the menu in the header: asked for when it opens."""
    return render(request, "applications/launcher/_menu.html", {"launcher": SmallLauncher(request.user)})


@require_safe
def badges(request: HttpRequest) -> HttpResponse:
    """My counts as they stand, for an open page: `{"badges": {uuid: [text, words]}}`, those above zero."""
    shown = Launcher(request.user)
    counts = {str(shown.faces[pk].uuid): count_words(n) for pk, n in shown.mine.badges.items() if pk in shown.faces}
    return JsonResponse({"badges": counts})


@require_POST
def favourite(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep it among my favourites (`keep=1`), take it out (`keep=0`), or undo that (`back=` its place)."""
    found = _application(request, uuid)
    keep = request.POST.get("keep") == "1"
    if request.POST.get("back", "").isdecimal():
        return _done(request, lambda: actions.put_back(found, int(request.POST["back"][:4]), actor=request.user))
    if keep:
        return _done(request, lambda: actions.keep_favourite(found, actor=request.user))
    before = Launcher(request.user)
    own = [pk for pk in before.mine.chosen if pk not in before.mine.forced]
    place = own.index(found.pk) if found.pk in own else len(own)
    undo = {"uuid": found.uuid, "name": found.display_title, "place": place}
    return _done(request, lambda: actions.remove_favourite(found, actor=request.user), undo=undo)


@require_POST
def move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One place up or down among my favourites."""
    found = _application(request, uuid)
    step = {"up": -1, "down": 1}.get(request.POST.get("to", ""), 0)
    seen = Launcher(request.user).chosen
    return _done(request, lambda: actions.move_favourite(found, step, actor=request.user, seen=seen), is_arranging=True)


@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """My favourites in the order of `uuids`, parted by commas."""
    wanted = [one for one in map(_uuid, request.POST.get("uuids", "").split(",")[:500]) if one]
    found = {one.uuid: one for one in Application.objects.visible_to(request.user).filter(uuid__in=wanted)}
    named = [found[one] for one in wanted if one in found]
    return _done(request, lambda: actions.order_favourites(named, actor=request.user), is_arranging=True)


@require_POST
def view(request: HttpRequest) -> HttpResponse:
    """Grid or list, on all my devices."""
    try:
        actions.choose_view(request.POST.get("view", ""), actor=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect(_next(request))


def note_visit(request: HttpRequest, application: Application) -> None:
    """Remember that the person opened it: not where a browser only looks ahead, nor where the door is only tried."""
    ahead = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}"
    if request.method == "GET" and "prefetch" not in ahead and "prerender" not in ahead:
        actions.note_opening(application, actor=request.user)


def _application(request: HttpRequest, uuid: UUID) -> Application:
    return get_object_or_404(Application.objects.visible_to(request.user).published(), uuid=uuid)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def _done(
    request: HttpRequest, change: Callable[[], None], *, undo: Any = None, is_arranging: bool = False
) -> HttpResponse:
    """Change my favourites; then show them again, in place or on the page one came from."""
    error = ""
    try:
        change()
    except ValidationError as refused:
        error, undo = refused.messages[0], None
    if request.htmx:
        arranging = is_arranging or request.POST.get("arranging") == "1"
        context = {"launcher": Launcher(request.user, is_arranging=arranging), "undo": undo, "error": error}
        return render(request, "applications/launcher/_favourites.html", context)
    if error:
        messages.error(request, error)
    elif undo:
        messages.success(request, _("“%(name)s” is no longer among your favourites.") % {"name": undo["name"]})
    if is_arranging:
        return redirect(f"{reverse('applications:launcher')}?arrange=1#favourites")
    return redirect(_next(request))


def _next(request: HttpRequest) -> str:
    """The page one was on. SECURITY: of this portal only."""
    wanted = request.POST.get("next", "")
    is_safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_safe else reverse("applications:launcher")
