"""What keepers say of an outage."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import actions
from ..forms.health import OutageForm
from ..querysets import outages_for
from .health import blame, health_page, kept


@require_POST
def declare(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Declare an outage, or say what is happening in the one that lasts."""
    application = kept(request, uuid)
    form = OutageForm(request.POST)
    if form.is_valid():
        try:
            actions.declare_outage(application, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("It is said to whoever sees the application."))
            return redirect("applications:health", application.uuid)
    return health_page(request, application, form)


@require_POST
def end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say that it works again."""
    application = kept(request, uuid)
    outage = next(iter(outages_for(request.user, application=application)), None)
    if outage is not None:
        try:
            actions.end_outage(outage, actor=request.user)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("The outage is over."))
    return redirect("applications:health", application.uuid)
