"""The protocol's machine, put together from oauthlib's parts with nothing in it that we do not want.

One flow: authorisation code with PKCE (S256) and an ID token, refreshed by rotating tokens. Implicit, hybrid, password,
client credentials, device and introspection are not switched off but absent.
"""

import re
from typing import Any

from django.http import HttpRequest
from oauth2_provider.exceptions import FatalClientError, OAuthToolkitError
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauthlib.oauth2.rfc6749 import errors
from oauthlib.oauth2.rfc6749.endpoints import (
    AuthorizationEndpoint,
    ResourceEndpoint,
    RevocationEndpoint,
    TokenEndpoint,
)
from oauthlib.oauth2.rfc6749.tokens import BearerToken
from oauthlib.openid.connect.core.endpoints.userinfo import UserInfoEndpoint
from oauthlib.openid.connect.core.exceptions import RequestNotSupported, RequestURINotSupported
from oauthlib.openid.connect.core.grant_types import AuthorizationCodeGrant, RefreshTokenGrant

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
NONCE_LONGEST = 255


def check_authorization(request: Any) -> dict[str, Any]:
    """What an authorisation request must be besides what oauthlib asks for. Its errors go back to the client."""
    if "request" in request._params:
        raise RequestNotSupported(request=request)
    if "request_uri" in request._params:
        raise RequestURINotSupported(request=request)
    if request.response_mode not in (None, "query"):
        raise errors.InvalidRequestError(description="Only response_mode=query is supported.", request=request)
    if request.code_challenge is not None and not CHALLENGE.fullmatch(request.code_challenge):
        raise errors.InvalidRequestError(description="code_challenge must be that of S256.", request=request)
    if len(request.nonce or "") > NONCE_LONGEST or "\0" in (request.nonce or ""):
        raise errors.InvalidRequestError(description="nonce is too long or not text.", request=request)
    # Not supported, and said so in the discovery document: left out unread.
    request.claims = None
    return {}


class Server(AuthorizationEndpoint, TokenEndpoint, ResourceEndpoint, RevocationEndpoint, UserInfoEndpoint):
    """The endpoints."""

    def __init__(
        self,
        request_validator: Any,
        token_expires_in: int | None = None,
        token_generator: Any = None,
        refresh_token_generator: Any = None,
        **_others: Any,
    ) -> None:
        code = AuthorizationCodeGrant(request_validator)
        # SECURITY: "plain" sends the secret itself by the very way that it should protect.
        code.proxy_target._code_challenge_methods = {"S256": code.proxy_target._code_challenge_methods["S256"]}
        code.custom_validators.pre_auth.append(check_authorization)
        refresh = RefreshTokenGrant(request_validator)
        bearer = BearerToken(request_validator, token_generator, token_expires_in, refresh_token_generator)
        AuthorizationEndpoint.__init__(
            self, default_response_type="code", response_types={"code": code}, default_token_type=bearer
        )
        TokenEndpoint.__init__(
            self,
            default_grant_type="authorization_code",
            grant_types={"authorization_code": code, "refresh_token": refresh},
            default_token_type=bearer,
        )
        ResourceEndpoint.__init__(self, default_token="Bearer", token_types={"Bearer": bearer})
        RevocationEndpoint.__init__(self, request_validator)
        UserInfoEndpoint.__init__(self, request_validator)
        self.bearer = bearer


class Core(OAuthLibCore):
    """Between Django's requests and oauthlib's."""

    def _get_escaped_full_path(self, request: HttpRequest) -> str:
        # Written out again from what Django read: oauthlib stumbles over addresses that are not encoded as it would.
        query = request.GET.urlencode()
        return f"{request.path}?{query}" if query else request.path

    def validate_authorization_request(self, request: HttpRequest) -> tuple[list[str], dict[str, Any]]:
        """SECURITY: read from the address alone: the form of the consent page adds nothing to what is asked."""
        headers = self.extract_headers(request)
        try:
            return self.server.validate_authorization_request(
                self._get_escaped_full_path(request), http_method="GET", body="", headers=headers
            )
        except errors.FatalClientError as error:
            raise FatalClientError(error=error) from error
        except errors.OAuth2Error as error:
            raise OAuthToolkitError(error=error) from error
