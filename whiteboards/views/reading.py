"""A board to be read: drawing, list, discussion; and what is put on it from there, without the canvas."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from foundation.activity.actions import mark_content_read
from foundation.activity.models import Follow
from foundation.audiences.policies import Refused, ask, require
from foundation.discussion.threads import thread_of
from foundation.ui.forms import blame

from .. import actions
from ..forms import FileForm, NotesForm
from ..models import Board
from ..scenes.reading import Scene, things_of
from ..scenes.telling import is_worth_saying
from ..words import kind_words, left_out_words
from .finding import board_of, problem, scene_on, wants_json

# A page says so many things of a board; the others are in its list to take away.
SAID = 400


def told(scene: Scene) -> dict[str, Any]:
    """What a page shows of a scene in words."""
    things = things_of(scene)
    worth = [one for one in things if is_worth_saying(one)]
    return {
        "things": worth[:SAID],
        "unsaid": max(0, len(worth) - SAID),
        "silent": len(things) - len(worth),
        "words": kind_words(),
    }


@require_safe
def view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A board to be read: its drawing, all that is on it in words, and what is said about it."""
    found = board_of(request, uuid)
    news = {one["comment"] for one in mark_content_read(found, actor=request.user) if "comment" in one}
    return _page(request, found, NotesForm(), FileForm(), news=news)


def _page(
    request: HttpRequest, found: Board, notes: NotesForm, file: FileForm, *, news: Collection[str] = ()
) -> HttpResponse:
    context = {
        **told(scene_on(found)),
        "board": found,
        "thread": thread_of(
            found, request.user, news=news, whole="all" in request.GET, reply=request.GET.get("reply", "")
        ),
        "is_followed": Follow.objects.is_followed(found, request.user),
        "can_change": ask(request.user, "content.change", found),
        "can_draw": ask(request.user, "whiteboards.draw", found),
        "notes_form": notes,
        "file_form": file,
    }
    return render(request, "whiteboards/view.html", context, status=422 if notes.errors or file.errors else 200)


@require_POST
def add_notes(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Notes out of a list, one for each line."""
    found = board_of(request, uuid)
    require(request.user, "whiteboards.draw", found)
    form = NotesForm(request.POST)
    if form.is_valid():
        texts = form.cleaned_data["texts"].splitlines()
        try:
            count = actions.put_stickies(found, texts, colour=form.cleaned_data["colour"], actor=request.user)
        except ValidationError as error:
            blame(form, error)
        else:
            said = ngettext("%(n)s note was put on the board.", "%(n)s notes were put on the board.", count)
            messages.success(request, said % {"n": count})
            return redirect("whiteboards:view", uuid=uuid)
    return _page(request, found, form, FileForm())


@require_POST
def take_in(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is in a file of Excalidraw, beside what is on the board. A script is answered with what was left out."""
    found = board_of(request, uuid)
    form = FileForm(request.POST, request.FILES)
    try:
        if form.is_valid():
            said = left_out_words(actions.put_file(found, form.cleaned_data["file"], actor=request.user))
            if wants_json(request):
                return JsonResponse({"left_out": said})
            for sentence in said:
                messages.warning(request, sentence)
            return redirect(found)
        require(request.user, "whiteboards.draw", found)
    except Refused as refused:
        if wants_json(request):
            return problem(403, refused.reason)
        raise
    except ValidationError as error:
        blame(form, error)
    if wants_json(request):
        return problem(422, " ".join(str(text) for texts in form.errors.values() for text in texts))
    return _page(request, found, NotesForm(), form)
