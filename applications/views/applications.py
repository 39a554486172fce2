"""One application: what it does, and its door."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from foundation.audiences.policies import ask

from ..models import Application, Door
from .launcher import note_visit


@require_safe
def application(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What one application does, and its door."""
    found = get_object_or_404(Application.objects.visible_to(request.user).select_related("owner__unit"), uuid=uuid)
    context = {"application": found, "opening": ask(request.user, "applications.open", found)}
    return render(request, "applications/application.html", context)


@require_safe
def open_application(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where every tile leads: through the door of the application, or to its page, which says why not."""
    found = get_object_or_404(Application.objects.visible_to(request.user), uuid=uuid)
    allowed = ask(request.user, "applications.open", found)
    if allowed:
        note_visit(request, found)
    # SECURITY: only web addresses are redirected to, and only those of the register.
    if allowed and found.opens_with == Door.WEB:
        response = HttpResponse(status=302, headers={"Location": found.address})
        response["Cache-Control"] = "no-store"
        return response
    return redirect(found)
