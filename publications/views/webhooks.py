"""Systems that are told of publications: who they are, what they were told, and whether it arrived."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.audiences.policies import require
from foundation.ui.forms import blame

from .. import actions
from ..actions.webhooks import FIELDS
from ..forms.sources import WebhookForm
from ..models import Webhook, WebhookDelivery
from ..problems import sentence_of
from .sources import _rights

DELIVERIES = 100


def _webhook(request: HttpRequest, uuid: UUID) -> Webhook:
    require(request.user, "publications.keep_webhooks", None)
    return get_object_or_404(Webhook.objects.visible_to(request.user).select_related("space", "keeper"), uuid=uuid)


@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """All of them."""
    require(request.user, "publications.keep_webhooks", None)
    rows = Webhook.objects.visible_to(request.user).select_related("space").order_by("name", "pk")
    return render(request, "publications/webhooks/webhooks.html", {"webhooks": rows, **_rights(request)})


@require_safe
def webhook(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One, with what it was told."""
    return _page(request, _webhook(request, uuid))


def _page(request: HttpRequest, shown: Webhook, secret: str = "") -> HttpResponse:
    host = urlsplit(shown.address).hostname or ""
    found = WebhookDelivery.objects.visible_to(request.user).filter(webhook=shown).newest_first()
    deliveries = [
        (one, sentence_of(one.problem, {"status": one.status, "host": host, "seconds": 30}) if one.problem else "")
        for one in found.defer("body")[:DELIVERIES]
    ]
    context = {"webhook": shown, "deliveries": deliveries, "secret": secret}
    return render(request, "publications/webhooks/webhook.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_webhook(request: HttpRequest) -> HttpResponse:
    """Add one. The answer shows its secret, once."""
    require(request.user, "publications.keep_webhooks", None)
    form = WebhookForm(request.POST or None, author=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = actions.add_webhook(form.cleaned_data, actor=request.user)
        except ValidationError as error:
            blame(form, error)
        else:
            return _page(request, made, secret)
    context = {"form": form}
    return render(request, "publications/webhooks/webhook_form.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_webhook(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change one."""
    shown = _webhook(request, uuid)
    initial: dict[str, Any] = {name: getattr(shown, name) for name in FIELDS}
    form = WebhookForm(request.POST or None, author=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_webhook(shown, form.cleaned_data, actor=request.user)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("The webhook was changed."))
            return redirect(shown)
    context = {"form": form, "webhook": shown}
    return render(request, "publications/webhooks/webhook_form.html", context, status=422 if form.errors else 200)


@require_POST
def switch_webhook(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """On or off."""
    shown = _webhook(request, uuid)
    is_on = "on" in request.POST
    actions.switch_webhook(shown, actor=request.user, on=is_on)
    messages.success(request, _("The webhook is switched on.") if is_on else _("The webhook is switched off."))
    return redirect(shown)


@never_cache
@require_POST
def renew_webhook_secret(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A new secret, shown in the answer and never again."""
    shown = _webhook(request, uuid)
    return _page(request, shown, actions.renew_webhook_secret(shown, actor=request.user))


@require_POST
def send_trial(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send a message that speaks of nothing."""
    shown = _webhook(request, uuid)
    actions.send_trial(shown, actor=request.user)
    messages.success(request, _("A trial message leaves within seconds: see below whether it arrives."))
    return redirect(shown)


@require_POST
def resend(request: HttpRequest, uuid: UUID, delivery: UUID) -> HttpResponse:
    """Send one message again."""
    shown = _webhook(request, uuid)
    found = WebhookDelivery.objects.visible_to(request.user).select_related("webhook__space")
    actions.resend(get_object_or_404(found, webhook=shown, uuid=delivery), actor=request.user)
    messages.success(request, _("It leaves again within seconds."))
    return redirect(shown)
