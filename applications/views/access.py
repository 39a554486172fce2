"""Access on request: what I asked, what waits for my answer, who was let in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.audiences.policies import ask, require
from foundation.content.cursors import decode, page_of

from .. import actions
from ..forms import AskForm, GiveForm, GrantForm, RefuseForm
from ..models import AccessGrant, AccessRequest, Application
from .applications import application_page, seen
from .register import blame

PAGE = 30
MOST = 200


@require_safe
def access(request: HttpRequest) -> HttpResponse:
    """What waits for my answer, what I asked, and what I answered."""
    person = request.user
    answered = AccessRequest.objects.visible_to(person).answered_by(person).with_row()
    page = page_of(answered.before(decode(request.GET.get("before"))).newest_first(), PAGE, by="created")
    context = {
        "waiting": list(AccessRequest.objects.waiting_for(person).with_row().oldest_first()[:MOST]),
        "mine": list(AccessRequest.objects.of(person).with_row().newest_first()[:MOST]),
        "answered": page.items,
        "next": page.next,
    }
    return render(request, "applications/access/access.html", context)


def _asked(request: HttpRequest, uuid: UUID) -> AccessRequest:
    return get_object_or_404(AccessRequest.objects.visible_to(request.user).with_row(), uuid=uuid)


@require_safe
def access_request(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One request, and what I may do with it."""
    return _request_page(request, _asked(request, uuid))


def _request_page(request: HttpRequest, asked: AccessRequest, **sent: Any) -> HttpResponse:
    """The page, with the form that was sent as it was sent."""
    can_answer = ask(request.user, "applications.answer_access", asked)
    context = {
        "asked": asked,
        "can_answer": can_answer,
        "can_withdraw": ask(request.user, "applications.withdraw_request", asked),
        "is_first_step": asked.state == AccessRequest.State.MANAGER,
        "is_mine": asked.person_id == request.user.pk,
        "grant_form": GrantForm(initial={"last_day": asked.until}),
        "refuse_form": RefuseForm(),
        **sent,
    }
    return render(request, "applications/access/access_request.html", context, status=422 if sent else 200)


@require_POST
def ask_for_access(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask to open an application. Errors come back on its page, with what was typed."""
    found = seen(request, uuid)
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            actions.request_access(found, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("Your request is on its way: you will be told of the answer."))
            return redirect(found)
    return application_page(request, found, form)


@require_POST
def agree(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """As the manager: yes, they need it."""
    asked = _asked(request, uuid)
    actions.agree_with_request(asked, actor=request.user)
    messages.success(request, _("You agreed: the request goes on to whoever answers for the application."))
    return redirect("applications:access")


@require_POST
def grant(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let them in."""
    asked = _asked(request, uuid)
    form = GrantForm(request.POST)
    if form.is_valid():
        try:
            actions.grant_access(asked, actor=request.user, last_day=form.cleaned_data["last_day"])
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("%(name)s has access, and is told.") % {"name": asked.person.name})
            return redirect("applications:access")
    return _request_page(request, asked, grant_form=form)


@require_POST
def refuse(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Refuse, and say why."""
    asked = _asked(request, uuid)
    form = RefuseForm(request.POST)
    if form.is_valid():
        try:
            actions.refuse_access(asked, actor=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(
                request, _("The request is refused, and %(name)s reads why.") % {"name": asked.person.name}
            )
            return redirect("applications:access")
    return _request_page(request, asked, refuse_form=form)


@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take my own request back."""
    asked = _asked(request, uuid)
    actions.withdraw_request(asked, actor=request.user)
    messages.success(request, _("Your request is taken back."))
    return redirect(asked.application)


# -- who was let in: for those who keep the application ---------------------------------------------------------------


def _managed(request: HttpRequest, uuid: UUID) -> Application:
    found = get_object_or_404(
        Application.objects.visible_to(request.user).select_related("space", "owner", "approver"), uuid=uuid
    )
    require(request.user, "applications.manage_access", found)
    return found


@require_safe
def application_access(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who was let into one application, and who asks."""
    return _access_page(request, _managed(request, uuid))


def _access_page(request: HttpRequest, found: Application, form: GiveForm | None = None) -> HttpResponse:
    grants = AccessGrant.objects.visible_to(request.user).filter(application=found.pk).with_row()
    page = page_of(grants.before(decode(request.GET.get("before"))).newest_first(), PAGE, by="granted")
    asked = AccessRequest.objects.visible_to(request.user).filter(application=found.pk).waiting().with_row()
    context = {
        "application": found,
        "grants": page.items,
        "next": page.next,
        "total": grants.active().count(),
        "requests": list(asked.oldest_first()[:MOST]),
        "form": form or GiveForm(reader=request.user),
        "keeps": ask(request.user, "applications.keep", found),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "applications/access/application_access.html", context, status=status)


@require_POST
def give(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let somebody in who did not ask, or change until when."""
    found = _managed(request, uuid)
    form = GiveForm(request.POST, reader=request.user)
    if form.is_valid():
        person = form.cleaned_data["person"]
        try:
            actions.give_access(found, person, actor=request.user, last_day=form.cleaned_data["last_day"])
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("%(name)s has access, and is told.") % {"name": person.name})
            return redirect("applications:application_access", uuid)
    return _access_page(request, found, form)


@require_POST
def withdraw_access(request: HttpRequest, uuid: UUID, person: UUID) -> HttpResponse:
    """They no longer open it."""
    found = _managed(request, uuid)
    held_now = AccessGrant.objects.visible_to(request.user).with_row().filter(application=found.pk, withdrawn=None)
    held = get_object_or_404(held_now, person__uuid=person)
    actions.withdraw_access(held, actor=request.user)
    messages.success(request, _("%(name)s no longer has access, and is told.") % {"name": held.person.name})
    return redirect("applications:application_access", uuid)
