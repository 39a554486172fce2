"""The addresses of the register that lead nowhere, for those who keep the applications."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import actions
from ..models import Link
from ..models.links import DAYS_TO_REPORT
from ..querysets import LinkQuerySet


def _mine(request: HttpRequest) -> LinkQuerySet:
    return Link.objects.visible_to(request.user).select_related("application__owner__unit", "application__space")


@require_safe
def dead_links(request: HttpRequest) -> HttpResponse:
    """What has led nowhere, or elsewhere, for days."""
    mine = _mine(request)
    context = {
        "links": list(mine.reported(DAYS_TO_REPORT)),
        "unasked": mine.filter(state=Link.State.UNASKED).count(),
        "count": mine.count(),
        "days": DAYS_TO_REPORT,
    }
    return render(request, "applications/health/dead_links.html", context)


@require_POST
def use_new_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the address the machine gave in the register."""
    link = get_object_or_404(_mine(request), pk=pk)
    try:
        changed = actions.use_new_address(link, request.POST.get("target", ""), actor=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("“%(title)s” has its new address.") % {"title": changed.display_title})
    return redirect("applications:dead_links")


@require_POST
def remind_owner(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind whoever answers for the application."""
    link = get_object_or_404(_mine(request), pk=pk)
    if actions.remind_owner(link, actor=request.user):
        messages.success(request, _("%(name)s is told.") % {"name": link.application.owner.name})
    else:
        messages.info(request, _("The owner was told already, less than a day ago."))
    return redirect("applications:dead_links")
