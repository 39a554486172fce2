"""Notifications, and following a content."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from foundation.content.cursors import decode, page_of
from foundation.content.models import Content

from . import actions
from .models import Notification

PAGE = 30


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """Everything I was told, newest first."""
    found = Notification.objects.visible_to(request.user).with_is_read(request.user).with_subject()
    page = page_of(found.before(decode(request.GET.get("before"))).newest_first(), PAGE, by="created")
    return render(request, "activity/notifications.html", {"page": page})


@require_safe
def open_notification(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Go where a notification leads. Opening the thing reads it."""
    found = get_object_or_404(Notification.objects.visible_to(request.user).with_subject(), uuid=uuid)
    actions.mark_read(found, actor=request.user)
    return redirect(found.url or "activity:notifications")


@require_POST
def read(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Mark one as read, in place."""
    found = get_object_or_404(Notification.objects.visible_to(request.user), uuid=uuid)
    actions.mark_read(found, actor=request.user)
    return HttpResponse() if request.htmx else redirect("activity:notifications")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    actions.mark_all_read(actor=request.user)
    return redirect("activity:notifications")


@require_POST
def follow(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Follow a content, or stop."""
    content = get_object_or_404(Content.objects.visible_to(request.user).select_related("space"), uuid=uuid)
    if request.POST.get("follow") == "1":
        actions.follow(content, actor=request.user)
    else:
        actions.unfollow(content, actor=request.user)
    return redirect(content.discussion_url)
