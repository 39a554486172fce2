"""One application: what it does, how one opens it, who helps; and its door."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from foundation.activity.actions import mark_content_read
from foundation.audiences.policies import ask

from ..doors import dialled, doors_of
from ..forms import AskForm
from ..models import AccessGrant, AccessRequest, Application, Door, Entry, Stage, Status
from ..querysets import outages_for
from .launcher import note_visit
from .notes import open_application_in_notes

# Planned further ahead, maintenance is no news yet.
SOON_DAYS = 14


def seen(request: HttpRequest, uuid: UUID) -> Application:
    """An application one sees, with what its page shows; 404 otherwise."""
    rows = Application.objects.visible_to(request.user).with_grant_of(request.user)
    return get_object_or_404(rows.select_related("space", "owner__unit", "approver__unit", "successor"), uuid=uuid)


@require_safe
def application(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What one application does, and its doors. Opening it reads what I was told about it."""
    found = seen(request, uuid)
    mark_content_read(found, actor=request.user)
    return application_page(request, found)


def application_page(request: HttpRequest, found: Application, form: AskForm | None = None) -> HttpResponse:
    """The page, with the form of a request for access as it was sent, if one was."""
    opening = ask(request.user, "applications.open", found)
    successor = found.successor
    if successor is not None and not Application.objects.visible_to(request.user).filter(pk=successor.pk).exists():
        # SECURITY: what takes its place may be for others.
        successor = None
    doors = doors_of(found) if opening else []
    context: dict[str, Any] = {
        "application": found,
        "opening": opening,
        "main": next((one for one in doors if one.is_main), None),
        # One Web address alone is what the button opens.
        "doors": doors if len(doors) > 1 or found.opens_with != Door.WEB else [],
        "successor": successor,
        "support_tel": dialled(found.support_phone) if found.support_phone else "",
        "outages": outages_for(request.user, application=found),
        "keeps": ask(request.user, "applications.keep", found),
        "keeps_sign_in": ask(request.user, "applications.keep_sign_in", found),
        "manages_access": ask(request.user, "applications.manage_access", found),
        "form": form or AskForm(),
        **_state(found),
        **_access(request, found),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "applications/application.html", context, status=status)


def _state(found: Application) -> dict[str, Any]:
    """Where it is in its life, as the page says it."""
    now, begins = timezone.now(), found.maintenance_from
    days = (begins - now).days if begins and begins > now else None
    return {
        "is_in_maintenance": found.is_in_maintenance(),
        "maintenance_comes": days is not None and days < SOON_DAYS,
        "is_announced": found.stage == Stage.ANNOUNCED,
        "is_pilot": found.stage == Stage.PILOT,
        "is_retiring": found.stage == Stage.RETIRING,
        "is_retired": found.stage == Stage.RETIRED,
        "is_checked": found.status != Status.UNKNOWN,
    }


def _access(request: HttpRequest, found: Application) -> dict[str, Any]:
    """Whether access is asked for, and how it stands for me."""
    if found.entry != Entry.REQUEST:
        return {"is_on_request": False}
    mine = AccessRequest.objects.of(request.user).filter(application=found.pk)
    return {
        "is_on_request": True,
        "asked": mine.select_related("answered_by").newest_first().first(),
        "grant": AccessGrant.objects.of(request.user).active().filter(application=found.pk).first(),
        "can_ask": ask(request.user, "applications.request_access", found),
        "answers": found.approver if found.approver and found.approver.is_active else found.owner,
    }


@require_safe
def open_application(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where every tile leads: through the door of the application, or to its page, which says why not."""
    found = get_object_or_404(Application.objects.visible_to(request.user), uuid=uuid)
    may_open = ask(request.user, "applications.open", found)
    if may_open:
        note_visit(request, found)
    if may_open and found.opens_with == Door.NOTES:
        return open_application_in_notes(request, found)
    # SECURITY: only web addresses are redirected to, and only those of the register.
    if may_open and found.opens_with == Door.WEB:
        response = HttpResponse(status=302, headers={"Location": found.address})
        response["Cache-Control"] = "no-store"
        return response
    return redirect(found)
