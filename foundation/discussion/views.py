"""Comments and reactions on any content. They answer a fragment to htmx and a redirect to a plain form."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.audiences.policies import ask, require
from foundation.content.models import Content
from foundation.ui.navigation import stand_at

from . import actions
from .models import Comment, Reaction
from .templatetags.discussion import comment_entry
from .threads import entry_of, signs_of


def _content(request: HttpRequest, uuid: UUID) -> Content:
    return get_object_or_404(Content.objects.visible_to(request.user).select_related("space"), uuid=uuid)


def _comment(request: HttpRequest, uuid: UUID) -> Comment:
    found = Comment.objects.visible_to(request.user).with_author().select_related("content__space")
    return get_object_or_404(found, uuid=uuid)


def _entry(request: HttpRequest, comment: Comment) -> HttpResponse:
    tally = Reaction.objects.tally(comment.content, request.user).get(comment.pk, {})
    entry = entry_of(comment, request.user, tally)
    return HttpResponse(comment_entry(entry, ask(request.user, "discussion.comment", comment.content)))


def _words(error: ValidationError) -> str:
    return " ".join(error.messages)


def _compose(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page of one comment being written, where the thing it is about stands."""
    stand_at(request, context["content"].get_absolute_url())
    return render(request, "discussion/compose.html", context, status=status)


@require_POST
def add(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Comment, or reply to a comment. A refused text comes back in its box, with the reason."""
    content = _content(request, uuid)
    parent = _comment(request, UUID(request.POST["parent"])) if _is_uuid(request.POST.get("parent")) else None
    body, key = request.POST.get("body", ""), request.POST.get("sending_key", "")[:64]
    try:
        comment = actions.add_comment(content, body, actor=request.user, parent=parent, sending_key=key)
    except ValidationError as error:
        context = {"content": content, "body": body, "error": _words(error), "parent": parent, "sending_key": key}
        return _compose(request, context, status=422)
    comment.content = content
    if not request.htmx:
        return redirect(comment.get_absolute_url())
    answer = _entry(request, comment)
    if comment.parent:
        answer.headers["HX-Retarget"] = f"#replies-{comment.parent.uuid}"
    return answer


def _is_uuid(text: str | None) -> bool:
    try:
        return bool(text and UUID(text))
    except ValueError:
        return False


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Edit one's own comment."""
    comment = _comment(request, uuid)
    require(request.user, "discussion.edit_comment", comment)
    context: dict[str, Any] = {"content": comment.content, "comment": comment, "body": comment.body}
    if request.method == "POST":
        context["body"] = request.POST.get("body", "")
        try:
            actions.edit_comment(comment, context["body"], actor=request.user)
        except ValidationError as error:
            return _compose(request, {**context, "error": _words(error)}, status=422)
        return redirect(comment.get_absolute_url())
    return _compose(request, context)


@require_POST
def remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a comment out; the thread offers to restore it."""
    comment = _comment(request, uuid)
    actions.remove_comment(comment, actor=request.user)
    if request.htmx:
        return _entry(request, comment)
    messages.success(request, _("The reply was removed. You may restore it."))
    return redirect(comment.get_absolute_url())


@require_POST
def restore(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a removed comment back."""
    comment = _comment(request, uuid)
    actions.restore_comment(comment, actor=request.user)
    return _entry(request, comment) if request.htmx else redirect(comment.get_absolute_url())


@require_POST
def react(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a sign on a content or one of its comments, or take it back."""
    content = _content(request, uuid)
    comment = _comment(request, UUID(request.GET["comment"])) if _is_uuid(request.GET.get("comment")) else None
    try:
        actions.toggle_reaction(content, request.POST.get("sign", ""), actor=request.user, comment=comment)
    except ValidationError as error:
        messages.error(request, _words(error))
        return redirect(content.discussion_url)
    if not request.htmx:
        return redirect(comment.get_absolute_url() if comment else content.discussion_url)
    tally = Reaction.objects.tally(content, request.user).get(comment.pk if comment else None, {})
    context = {
        "content_uuid": content.uuid,
        "comment_uuid": comment.uuid if comment else "",
        "signs": signs_of(tally),
        "can_comment": True,
    }
    return render(request, "discussion/_signs.html", context)
