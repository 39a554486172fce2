"""What other systems ask the provider, without a browser: tokens, who somebody is, which keys sign, where all this is.

SECURITY: no address of these answers is made from the request: a forged Host changes nothing signed or published.
"""

import json
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from oauth2_provider.settings import oauth2_settings

from directory.throttle import client_address, network_of
from foundation.outgoing.sealing import Unreadable

from . import keys, limits
from .claims import NAMES
from .server import Core

# What a client may keep the published keys and addresses for. A key is published a day before it signs.
DESCRIPTION_SECONDS = 3600
View = Callable[..., HttpResponse]


@cache
def core() -> Core:
    """The protocol's machine. It holds nothing of any request."""
    return oauth2_settings.OAUTH2_BACKEND_CLASS()


def _machine(*methods: str) -> Callable[[View], View]:
    """A view for machines: no session, no form, nothing kept by anybody, refusals as JSON."""

    def decorate(view: View) -> View:
        @login_not_required
        @csrf_exempt
        @require_http_methods(list(methods))
        @sensitive_post_parameters()
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            try:
                response = view(request)
            except Unreadable:
                response = _error(503, "temporarily_unavailable", "The signing key is being replaced.")
                response["Retry-After"] = "60"
            response["Cache-Control"] = "no-store"
            response["Pragma"] = "no-cache"
            return response

        return guarded

    return decorate


def _error(status: int, code: str, description: str) -> HttpResponse:
    return JsonResponse({"error": code, "error_description": description}, status=status)


def _client(request: HttpRequest, ask: Callable[[HttpRequest], tuple[Any, dict[str, str], Any, int]]) -> HttpResponse:
    """The answer to a client that says who it is: within limits, and with nothing in the address."""
    if request.META.get("QUERY_STRING"):
        # SECURITY: addresses are written in logs; secrets, codes and tokens do not belong there.
        return _error(400, "invalid_request", "Send everything in the body of the request.")
    address = network_of(client_address(request))
    if limits.counted("refused", address) >= limits.ADDRESS:
        response = _error(429, "slow_down", "Too many refused requests from this address.")
        response["Retry-After"] = str(limits.WINDOW)
        return response
    # One transaction, kept also when the answer is a refusal: what a replay ended stays ended.
    with transaction.atomic():
        _uri, headers, body, status = ask(request)
    if status == 401:
        limits.count("refused", address)
    response = HttpResponse(body or "", status=status, content_type="application/json")
    for name, value in headers.items():
        response[name] = value
    return response


@_machine("POST")
def token(request: HttpRequest) -> HttpResponse:
    """Tokens for a code, or for a refresh token."""
    name = request.POST.get("client_id", "") or request.headers.get("Authorization", "")
    if limits.counted("given", name) >= limits.CLIENT:
        response = _error(429, "slow_down", "Too many tokens in a minute.")
        response["Retry-After"] = str(limits.WINDOW)
        return response
    response = _client(request, core().create_token_response)
    if response.status_code == 200:
        # SECURITY: only what was given counts: nobody uses up the limit of another.
        limits.count("given", name)
    return response


@_machine("POST")
def revoke(request: HttpRequest) -> HttpResponse:
    """A client gives tokens back (RFC 7009)."""
    return _client(request, core().create_revocation_response)


@_machine("GET", "POST")
def userinfo(request: HttpRequest) -> HttpResponse:
    """Who the bearer of an access token speaks for, as of now."""
    if not request.headers.get("Authorization", "").lower().startswith("bearer "):
        # SECURITY: in the header alone: an address is written in logs, a form comes from any page.
        response = _error(401, "invalid_request", "Send the access token in the Authorization header.")
        response["WWW-Authenticate"] = "Bearer"
        return response
    with transaction.atomic():
        _uri, headers, body, status = core().create_userinfo_response(request)
    response = HttpResponse(body or "", status=status, content_type="application/json")
    for name, value in headers.items():
        response[name] = value
    return response


def _described(data: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(json.dumps(data, indent=1), content_type="application/json")
    response["Cache-Control"] = f"public, max-age={DESCRIPTION_SECONDS}"
    # It is public, and says nothing of anybody.
    response["Access-Control-Allow-Origin"] = "*"
    return response


@login_not_required
@require_safe
def discovery(request: HttpRequest, **_kept: str) -> HttpResponse:
    """Where everything is and what it can do (OpenID Connect Discovery, RFC 8414)."""
    issuer = oauth2_settings.OIDC_ISS_ENDPOINT
    return _described(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize/",
            "token_endpoint": f"{issuer}/token/",
            "userinfo_endpoint": f"{issuer}/userinfo/",
            "revocation_endpoint": f"{issuer}/revoke/",
            "end_session_endpoint": f"{issuer}/logout/",
            "jwks_uri": f"{issuer}/.well-known/jwks.json",
            "service_documentation": f"{settings.SITE_URL}/apps/",
            "scopes_supported": list(oauth2_settings.SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "code_challenge_methods_supported": ["S256"],
            "claims_supported": [
                *("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "amr", "at_hash", "jti"),
                *(name for names in NAMES.values() for name in names),
            ],
            "prompt_values_supported": ["none", "login", "consent", "select_account"],
            "ui_locales_supported": ["fr-CA", "en-CA"],
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "authorization_response_iss_parameter_supported": True,
        }
    )


@login_not_required
@require_safe
def jwks(request: HttpRequest) -> HttpResponse:
    """The public halves of the keys: the next one, the one in use, and those that signed what is still good."""
    try:
        published = list(keys.ring().public.values())
    except Unreadable:
        response = _error(503, "temporarily_unavailable", "The signing key is being replaced.")
        response["Cache-Control"] = "no-store"
        return response
    return _described({"keys": published})
