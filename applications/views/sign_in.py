"""Single sign-on as people see it: one's connected applications; and for editors, the clients of an application."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.audiences.policies import require
from foundation.ui.forms import blame

from ..actions import sign_in as actions
from ..forms.sign_in import SignInClientForm
from ..models import Application, Claim, Connection, Consent, SignInClient


@require_safe
def connections(request: HttpRequest) -> HttpResponse:
    """The applications one is connected to, and what each is told."""
    rows = [
        {
            "connection": one,
            "application": one.client.entitlement,
            "told": [Claim(key).label for key in one.client.claims if key in Claim.values],
            "by_city": one.client.consent == Consent.TRUSTED,
        }
        for one in Connection.objects.visible_to(request.user).with_client().last_used_first()
    ]
    return render(request, "applications/sign_in/connections.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def disconnect(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Asks, then disconnects: its tokens serve no more."""
    found = get_object_or_404(Connection.objects.visible_to(request.user).with_client(), uuid=uuid)
    if request.method != "POST":
        by_city = found.client.consent == Consent.TRUSTED
        context = {"connection": found, "application": found.client.entitlement, "by_city": by_city}
        return render(request, "applications/sign_in/disconnect.html", context)
    actions.revoke_connection(found, actor=request.user)
    name = found.client.entitlement.display_title
    messages.success(request, _("“%(name)s” is disconnected.") % {"name": name})
    return redirect("applications:connections")


def _application(request: HttpRequest, uuid: UUID) -> Application:
    found = get_object_or_404(Application.objects.visible_to(request.user).select_related("space"), uuid=uuid)
    require(request.user, "applications.keep_sign_in", found)
    return found


def _client(request: HttpRequest, uuid: UUID, client: UUID) -> SignInClient:
    found = _application(request, uuid)
    return get_object_or_404(SignInClient.objects.of(found), uuid=client)


@require_safe
def clients(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The clients of an application, and what to set them up with."""
    return _page(request, _application(request, uuid))


def _page(request: HttpRequest, application: Application, secret: str = "") -> HttpResponse:
    rows = [
        {"client": one, "told": [Claim(key).label for key in one.claims if key in Claim.values]}
        for one in SignInClient.objects.of(application)
    ]
    issuer = f"{settings.SITE_URL}/o"
    discovery = f"{settings.SITE_URL}{reverse('oidc:discovery')}"
    shown = {"application": application, "secret": secret, "issuer": issuer, "discovery": discovery}
    return render(request, "applications/sign_in/clients.html", {**shown, "rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_client(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Open single sign-on to an application. The answer shows the secret, once."""
    application = _application(request, uuid)
    form = SignInClientForm(request.POST or None, reader=request.user)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in actions.CLIENT_SAID}
        native = form.cleaned_data["native"] == "yes"
        try:
            _made, secret = actions.add_sign_in_client(application, values, actor=request.user, native=native)
        except ValidationError as error:
            blame(form, error)
        else:
            if secret:
                return _page(request, application, secret)
            messages.success(request, _("Single sign-on is open to it."))
            return redirect("applications:sign_in_clients", application.uuid)
    return _form_page(request, application, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_client(request: HttpRequest, uuid: UUID, client: UUID) -> HttpResponse:
    """Change one."""
    found = _client(request, uuid, client)
    form = SignInClientForm(request.POST or None, reader=request.user, client=found, initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in actions.CLIENT_SAID}
        try:
            actions.change_sign_in_client(found, values, actor=request.user)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("The client was changed."))
            return redirect("applications:sign_in_clients", uuid)
    return _form_page(request, found.entitlement, form, found)


def _initial(client: SignInClient) -> dict[str, Any]:
    names = [one.ldap_name or one.name_fr for one in client.groups.all()]
    return {
        "name": client.name,
        "redirect_uris": client.redirect_uris.replace(" ", "\n"),
        "post_logout_redirect_uris": client.post_logout_redirect_uris.replace(" ", "\n"),
        "consent": client.consent,
        "claims": client.claims,
        "groups": "\n".join(names),
    }


def _form_page(
    request: HttpRequest, application: Application, form: SignInClientForm, client: SignInClient | None = None
) -> HttpResponse:
    context = {"application": application, "form": form, "client": client}
    status = 422 if form.errors else 200
    return render(request, "applications/sign_in/client_form.html", context, status=status)


@require_POST
def switch_client(request: HttpRequest, uuid: UUID, client: UUID) -> HttpResponse:
    """On or off."""
    found = _client(request, uuid, client)
    is_on = "on" in request.POST
    actions.switch_sign_in_client(found, actor=request.user, on=is_on)
    messages.success(request, _("People may sign in by it.") if is_on else _("Nobody signs in by it any more."))
    return redirect("applications:sign_in_clients", uuid)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def renew_secret(request: HttpRequest, uuid: UUID, client: UUID) -> HttpResponse:
    """Asks how, then shows the new secret, once."""
    found = _client(request, uuid, client)
    if request.method != "POST":
        return render(request, "applications/sign_in/renew.html", {"application": found.entitlement, "client": found})
    try:
        secret = actions.renew_client_secret(found, actor=request.user, at_once="at_once" in request.POST)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("applications:sign_in_clients", uuid)
    return _page(request, found.entitlement, secret)
