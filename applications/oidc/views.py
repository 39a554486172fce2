"""What people meet of the provider: coming in on the way to an application, agreeing, going out.

The request stands in the address from first to last: the sign-in page brings it back, the consent page sends it again,
and each time all of it is checked anew.
"""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout as end_django_session
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods
from oauth2_provider.exceptions import FatalClientError, OAuthToolkitError
from oauth2_provider.settings import oauth2_settings
from oauthlib.oauth2.rfc6749 import errors

from directory.actions import end_session
from directory.models import Session
from foundation.audiences.policies import Denied, ask
from foundation.outgoing.sealing import digest_of

from ..actions.sign_in import agree_to_connection, has_agreed
from ..models import Claim, Consent, SignInClient
from ..policies.sign_in import NOT_KNOWN
from . import keys, limits
from .claims import granted, groups_told, units_told
from .endpoints import core
from .validators import registered

# Longer requests would not survive the way through the sign-in page and the proxy in front.
LONGEST = 4096
# A person sent to give their password again has that long.
AGAIN = timedelta(minutes=15)
PROMPTS = {"none", "login", "consent", "select_account"}
AGAIN_SALT = "applications.oidc.again"
LOGOUT_ASKED = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")
NOT_REGISTERED = gettext_lazy("The application asks to be answered at an address that is not registered for it.")


class _Stop(Exception):
    """The request ends here with this answer."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


@login_not_required
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """A browser comes from an application to learn who its person is: it goes back with a code, or with the reason why
    not. Where it cannot be sent back, a page says why: 400, 403 or 429.

    POST is the answer of the person to the consent page.
    """
    try:
        response = _authorize(request)
    except _Stop as stop:
        response = stop.response
    response["Cache-Control"] = "no-store"
    return response


def _authorize(request: HttpRequest) -> HttpResponse:
    if len(request.META.get("QUERY_STRING", "")) > LONGEST:
        return _refused(request, 400, _("The application asks for too much at once: its address is too long."))
    prompt = set(request.GET.get("prompt", "").split())
    if not request.user.is_authenticated:
        if "none" in prompt:
            _scopes, credentials, _client = _validated(request)
            return _back(request, credentials, errors.OAuth2Error(state=credentials["state"]), "login_required")
        return _to_sign_in(request)
    if limits.count("person", str(request.user.pk)) > limits.PERSON:
        response = _refused(request, 429, _("Too many sign-ins in a row. Wait a minute, then try again."))
        response["Retry-After"] = str(limits.WINDOW)
        return response
    client = _client_of(request)
    scopes, credentials, client = _validated(request, client)
    _check_prompt(request, credentials, prompt)
    authenticated = _check_password_is_fresh(request, credentials, prompt)
    if request.method == "POST" and request.POST.get("answer") == "no":
        return _back(request, credentials, errors.AccessDeniedError(state=credentials["state"]))
    if request.method == "POST" and request.POST.get("answer") == "yes":
        agree_to_connection(client, actor=request.user)
    elif "consent" in prompt or (client.consent == Consent.ASK and not has_agreed(client, request.user)):
        if "none" in prompt:
            return _back(request, credentials, errors.OAuth2Error(state=credentials["state"]), "consent_required")
        return _consent_page(request, client, scopes)
    credentials |= {"session_key": request.session.session_key, "authenticated": authenticated}
    try:
        address, _headers, _body, _status = core().create_authorization_response(
            request, scopes=scopes, credentials=credentials, allow=True
        )
    except OAuthToolkitError as error:
        return _back(request, credentials, error.oauthlib_error)
    return _leave(request, address)


def _client_of(request: HttpRequest) -> SignInClient:
    """The client, which the person may sign in to. SECURITY: before anything of it is told, and alike for one that is
    not there and one that is not theirs."""
    name = request.GET.get("client_id", "").replace("\0", "")
    found = SignInClient.objects.visible_to(request.user).filter(client_id=name).select_related("entitlement").first()
    answer = ask(request.user, "applications.sign_in", found)
    if found is None or answer is NOT_KNOWN:
        raise _Stop(_refused(request, 400, str(NOT_KNOWN.reason)))
    if isinstance(answer, Denied):
        raise _Stop(_refused(request, 403, str(answer.reason), application=found.entitlement))
    return found


def _validated(
    request: HttpRequest, client: SignInClient | None = None
) -> tuple[list[str], dict[str, Any], SignInClient]:
    """The request, checked by the protocol: scopes, what it asks, and its client."""
    try:
        scopes, credentials = core().validate_authorization_request(request)
    except FatalClientError as error:
        # SECURITY: where the address to go back to is not the client's own, nobody is sent anywhere.
        raise _Stop(_refused(request, 400, _fatal(error.oauthlib_error))) from error
    except OAuthToolkitError as error:
        oauth = error.oauthlib_error
        if not oauth.redirect_uri:
            raise _Stop(_refused(request, 400, _fatal(oauth))) from error
        raise _Stop(_back(request, {"redirect_uri": oauth.redirect_uri}, oauth)) from error
    return scopes, credentials, client or credentials["request"].client


def _fatal(error: errors.OAuth2Error) -> str:
    if isinstance(error, errors.InvalidClientIdError | errors.MissingClientIdError):
        return str(NOT_KNOWN.reason)
    if isinstance(error, errors.MismatchingRedirectURIError | errors.InvalidRedirectURIError):
        return str(NOT_REGISTERED)
    return _("The application asked in a way that cannot be answered.")


def _check_prompt(request: HttpRequest, credentials: dict[str, Any], prompt: set[str]) -> None:
    if prompt - PROMPTS or ("none" in prompt and len(prompt) > 1):
        error = errors.InvalidRequestError("Unsupported prompt.", state=credentials["state"])
        raise _Stop(_back(request, credentials, error))
    hint = request.GET.get("id_token_hint", "")
    if hint and (keys.read_signed(hint) or {}).get("sub") != str(request.user.uuid):
        error = errors.OAuth2Error("Somebody else is signed in.", state=credentials["state"])
        raise _Stop(_back(request, credentials, error, "login_required"))


def _check_password_is_fresh(request: HttpRequest, credentials: dict[str, Any], prompt: set[str]) -> datetime:
    """When the person gave their password; they are sent to give it again where the client asks for it."""
    given = parse_datetime(request.session.get("signed_in", "")) or request.user.last_login or timezone.now()
    asked = request.GET.get("max_age", "")
    if asked and not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        raise _Stop(_back(request, credentials, errors.InvalidRequestError("Bad max_age.", state=credentials["state"])))
    is_old = bool(asked) and timezone.now() - given > timedelta(seconds=int(asked))
    if not (is_old or prompt & {"login", "select_account"}) or _was_given_since(request, given):
        return given
    if "none" in prompt:
        error = errors.OAuth2Error("The password was given too long ago.", state=credentials["state"])
        raise _Stop(_back(request, credentials, error, "login_required"))
    raise _Stop(_to_sign_in(request, again=True))


def _to_sign_in(request: HttpRequest, *, again: bool = False) -> HttpResponse:
    """To the sign-in page and back, to this very request."""
    address = f"{request.path}?{_asked(request)}"
    if "max_age" in request.GET or "prompt" in request.GET:
        # SECURITY: signed, so that only a password given from now on, and for this request, answers it.
        mark = signing.dumps({"asked": digest_of(_asked(request)), "at": timezone.now().timestamp()}, salt=AGAIN_SALT)
        address += f"&{urlencode({'again': mark})}"
    return redirect_to_login(address, f"{resolve_url(settings.LOGIN_URL)}{'?again=yes' if again else ''}")


def _was_given_since(request: HttpRequest, given: datetime) -> bool:
    """Whether the password was given after the person was sent to give it for this very request."""
    try:
        mark = signing.loads(request.GET.get("again", ""), salt=AGAIN_SALT, max_age=AGAIN)
    except signing.BadSignature:
        return False
    return bool(mark["asked"] == digest_of(_asked(request)) and given.timestamp() >= mark["at"])


def _asked(request: HttpRequest) -> str:
    """What the application asks, without our own mark."""
    query = request.GET.copy()
    query.pop("again", None)
    return query.urlencode()


def _refused(request: HttpRequest, status: int, reason: str, *, application: Any = None) -> HttpResponse:
    """A page that says why there is no way on."""
    context = {"reason": reason, "application": application}
    return render(request, "applications/sign_in/refused.html", context, status=status)


def _back(request: HttpRequest, credentials: dict[str, Any], error: errors.OAuth2Error, code: str = "") -> HttpResponse:
    """Back to the application with what went wrong, its `state`, and who says so (RFC 9207)."""
    told = {"error": code or error.error}
    if error.description:
        told["error_description"] = error.description
    if error.state:
        told["state"] = error.state
    told["iss"] = oauth2_settings.OIDC_ISS_ENDPOINT
    address = credentials["redirect_uri"]
    return _leave(request, f"{address}{'&' if '?' in address else '?'}{urlencode(told)}")


def _leave(request: HttpRequest, address: str) -> HttpResponse:
    """On to another system, at an address that was checked.

    After a form it is a page that leads on: our content policy lets no form end elsewhere, and browsers that hold to it
    across redirects would stop there. So the policy needs no exception.
    """
    if request.method == "POST":
        return render(request, "applications/sign_in/leaving.html", {"address": address})
    return HttpResponse(status=302, headers={"Location": iri_to_uri(address)})


def _consent_page(request: HttpRequest, client: SignInClient, scopes: list[str]) -> HttpResponse:
    """What the application would be told, as it would be told."""
    context = {
        "client": client,
        "application": client.entitlement,
        "told": [(one.label, _shown(one, request.user, client)) for one in granted(client, scopes)],
        "host": urlsplit(request.GET.get("redirect_uri", "")).hostname or "",
        "address": request.get_full_path(),
    }
    return render(request, "applications/sign_in/consent.html", context)


def _shown(claim: Claim, person: Any, client: SignInClient) -> list[str]:
    """A detail in words for its person."""
    if claim == Claim.GROUPS:
        return [one.name for one in groups_told(person, client)] or [_("none of them")]
    if claim == Claim.UNITS:
        return [one.name for one in units_told(person)] or [pgettext("unit", "none")]
    if claim == Claim.ELECTED:
        return [pgettext("claim", "yes") if person.is_elected else pgettext("claim", "no")]
    if claim == Claim.LOCALE:
        return [person.get_language_display()]
    values = {Claim.NAME: person.name, Claim.USERNAME: person.username, Claim.EMAIL: person.email or "—"}
    return [values[claim]]


@login_not_required
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """An application asks that its person sign out of the portal too (RP-initiated logout): the person is asked first.

    Who is not signed in is sent on at once, as is who has just signed out; to an address registered for the
    application, or nowhere.
    """
    asked = request.POST if request.method == "POST" else request.GET
    hint = keys.read_signed(asked.get("id_token_hint", "")) or {}
    name = asked.get("client_id", "") or str(hint.get("aud", ""))
    client = registered(name)
    address = asked.get("post_logout_redirect_uri", "")
    is_listed = bool(client and address and client.post_logout_redirect_uri_allowed(address))
    if address and not is_listed:
        response = _refused(request, 400, str(NOT_REGISTERED))
    elif request.method == "POST" and request.POST.get("answer") == "no":
        response = redirect(settings.LOGIN_REDIRECT_URL)
    elif request.method == "POST" or not request.user.is_authenticated:
        if request.method == "POST" and request.user.is_authenticated:
            _sign_out(request)
        state = asked.get("state", "")
        onward = f"{address}{'&' if '?' in address else '?'}{urlencode({'state': state})}" if state else address
        response = _leave(request, onward) if address else redirect(settings.LOGOUT_REDIRECT_URL)
    else:
        context = {"asked": [(key, asked.get(key, "")) for key in LOGOUT_ASKED if asked.get(key)]}
        response = render(request, "applications/sign_in/logout.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _sign_out(request: HttpRequest) -> None:
    """End the portal's session, and the sign-ins to applications made in it."""
    for session in Session.objects.visible_to(request.user).filter(pk=request.session.session_key):
        end_session(session, actor=request.user)
    end_django_session(request)
