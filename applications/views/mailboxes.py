"""One's own mail and agenda: the cards of the home page, filled in afterwards, and the page where a token is given."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.audiences.policies import Refused, ask

from ..actions.mailboxes import give_token, withdraw_token
from ..cards import context_of
from ..forms.mailboxes import TokenForm
from ..looking import KINDS_SHOWN, look_at
from ..models import MailboxCredential
from ..providers import provider_of
from ..providers.ics import IcsProvider

# How often a card comes back, a second apart, for what is being read.
TRIES = 12


@require_safe
def card(request: HttpRequest, kind: str) -> HttpResponse:
    """One card, at once: from what is kept; what is older is read again meanwhile, and the card asks once more."""
    _check(kind)
    if not request.htmx:
        return redirect("applications:mailbox")
    try:
        tries = int(request.GET.get("try", "0")[:3])
    except ValueError:
        tries = 0
    context = context_of(look_at(request.user, kind))
    context["again"] = tries + 1 if 0 <= tries < TRIES else 0
    return render(request, f"applications/mailboxes/_{kind}.html", context)


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Both cards, and what they are read with."""
    return _page(request)


@require_POST
def give(request: HttpRequest, kind: str) -> HttpResponse:
    """Give a token. It is tried in the background, and the card says what came of it."""
    _check(kind)
    form = _form(kind, request.POST)
    if form is None:
        raise Http404
    if form.is_valid():
        try:
            give_token(kind, form.cleaned_data["secret"], actor=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        except Refused as refused:
            form.add_error(None, str(refused.reason))
        else:
            messages.success(request, _("It is kept, sealed. The card shows in a moment whether the server takes it."))
            return redirect("applications:mailbox")
    return _page(request, {kind: form}, status=422)


@require_POST
def withdraw(request: HttpRequest, kind: str) -> HttpResponse:
    """Take one's token back."""
    _check(kind)
    if withdraw_token(kind, actor=request.user):
        messages.success(request, _("The portal has forgotten it, and what it had read with it."))
    return redirect("applications:mailbox")


def _check(kind: str) -> None:
    if kind not in KINDS_SHOWN:
        raise Http404


def _form(kind: str, data: Any = None) -> TokenForm | None:
    """None where no token is asked for."""
    provider = provider_of(kind)
    if provider is None or not provider.needs_secret:
        return None
    return TokenForm(data, kind=kind, asks_address=isinstance(provider, IcsProvider))


def _page(request: HttpRequest, forms: dict[str, TokenForm] | None = None, status: int = 200) -> HttpResponse:
    given = {one.kind: one for one in MailboxCredential.objects.visible_to(request.user)}
    parts = []
    for kind in KINDS_SHOWN:
        may_give = bool(ask(request.user, "mailboxes.give_token", kind))
        parts.append(
            {
                **context_of(look_at(request.user, kind)),
                "template": f"applications/mailboxes/_{kind}.html",
                "form": (forms or {}).get(kind) or _form(kind) if may_give else None,
                "given": given.get(kind),
            }
        )
    return render(request, "applications/mailboxes/mailbox.html", {"parts": parts}, status=status)
