"""What our provider answers to the protocol's questions: who is a client, what a code or token is worth, what is told.

Everything under `token` runs in one transaction (see `endpoints`): rows are locked before they are believed, so that a
code or a refresh token serves once, however many ask at the same moment.
"""

import binascii
import hashlib
from base64 import b64decode
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus
from uuid import uuid4

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_grant_model, get_refresh_token_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.settings import oauth2_settings

from directory.models import Person
from foundation.audiences.policies import ask
from foundation.outgoing.sealing import digest_of

from ..actions.sign_in import connect
from ..actions.sign_in_tokens import begin_sign_in, end_sign_ins, note_use
from ..models import SignIn, SignInClient
from . import keys
from .claims import claims_of

AccessToken, RefreshToken, Grant = get_access_token_model(), get_refresh_token_model(), get_grant_model()


def checksum(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def is_text(value: str | None) -> bool:
    """Whether a database takes it as a text: PostgreSQL refuses NUL."""
    return bool(value) and "\0" not in str(value)


def registered(client_id: str | None) -> SignInClient | None:
    """The client of that id that is switched on, whoever asks."""
    if not is_text(client_id):
        return None
    return SignInClient.objects.enabled().filter(client_id=client_id).first()


class Validator(OAuth2Validator):
    """OAUTH2_VALIDATOR_CLASS. What is not overridden here is the library's."""

    # -- clients ------------------------------------------------------------------------------------------------------

    def _load_application(self, client_id: str | None, request: Any) -> SignInClient | None:
        if isinstance(request.client, SignInClient) and request.client.client_id == client_id:
            return request.client
        request.client = registered(client_id)
        return request.client

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Only of a program on people's own machines is no secret asked."""
        if self._extract_basic_auth(request) or request.client_secret:
            return True
        client = self._load_application(request.client_id, request)
        return client is None or not client.is_native

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """By its id and its secret, in the header or in the body. SECURITY: no secret opens somebody else's id."""
        basic = self._extract_basic_auth(request)
        client_id, secret = _basic(basic) if basic else (request.client_id or "", request.client_secret or "")
        if request.client_id and request.client_id != client_id:
            return False
        client = self._load_application(client_id, request)
        if client is None or not client.has_secret(secret):
            return False
        request.client_id = client.client_id
        return True

    def authenticate_client_id(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        client = self._load_application(client_id, request)
        return client is not None and client.is_native

    def validate_response_type(
        self, client_id: str, response_type: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        return response_type == "code"

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        return grant_type in ("authorization_code", "refresh_token")

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        return True

    def is_origin_allowed(self, client_id: str, origin: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        return False

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """What the client may not ask for is left out, as the standard says of what is not understood; the answer says
        what was given. Without `openid` there is no sign-in."""
        request.scopes = [one for one in dict.fromkeys(scopes) if one in client.scopes]
        return "openid" in request.scopes

    # -- authorisation ------------------------------------------------------------------------------------------------

    def validate_silent_login(self, request: Any) -> bool:
        # Decided by the view, which knows the session.
        return True

    validate_silent_authorization = validate_silent_login

    def save_authorization_code(self, client_id: str, code: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        request.resource = []
        request.claims = None
        self._create_authorization_code(request, code)
        connect(request.client, actor=request.user)
        begin_sign_in(
            request.client,
            code["code"],
            actor=request.user,
            scope=" ".join(request.scopes),
            session_key=request.session_key,
            authenticated=request.authenticated,
        )

    # -- codes --------------------------------------------------------------------------------------------------------

    def validate_code(
        self, client_id: str, code: str, client: SignInClient, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Whether the code serves, for the first time. SECURITY: one that comes back ends all that was made of it."""
        if not is_text(code):
            return False
        mine = SignIn.objects.select_for_update().filter(code_digest=digest_of(code), client=client)
        sign_in = mine.first()
        grant = Grant.objects.filter(code=code, application=client).first()
        if sign_in is None or sign_in.ended or grant is None or grant.is_expired():
            if sign_in is not None and sign_in.used:
                end_sign_ins(SignIn.objects.filter(pk=sign_in.pk))
            return False
        if not self._may_go_on(sign_in, client, request):
            return False
        request.grant_row, request.sign_in, request.used_refresh = grant, sign_in, None
        request.scopes = sign_in.scope.split()
        return True

    def _may_go_on(self, sign_in: SignIn, client: SignInClient, request: Any) -> bool:
        """Whether the person still may. SECURITY: asked of the database at each token, with nothing remembered."""
        person = Person.objects.with_unit().filter(pk=sign_in.person_id).first()
        if person is None or not ask(person, "applications.sign_in", client):
            end_sign_ins(SignIn.objects.filter(person=sign_in.person_id, client=client))
            return False
        request.user = person
        return True

    def get_code_challenge(self, code: str, request: Any) -> str | None:
        return request.grant_row.code_challenge or None

    def get_code_challenge_method(self, code: str, request: Any) -> str | None:
        return request.grant_row.code_challenge_method or None

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, *args: Any, **kwargs: Any
    ) -> bool:
        request = args[0]
        return bool(redirect_uri == request.grant_row.redirect_uri)

    def get_authorization_code_nonce(self, client_id: str, code: str, redirect_uri: str, request: Any) -> str | None:
        return request.grant_row.nonce or None

    # -- tokens -------------------------------------------------------------------------------------------------------

    def validate_refresh_token(
        self, refresh_token: str, client: SignInClient, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Whether the token serves, for the first time. SECURITY: one that was used already was stolen, or its copy
        was: all tokens of that sign-in end."""
        held = RefreshToken.objects.select_for_update(of=("self",)).filter(
            token_checksum=checksum(refresh_token), application=client
        )
        row = held.order_by(F("revoked").desc(nulls_first=True)).first()
        if row is None:
            return False
        sign_in = SignIn.objects.select_for_update().filter(uuid=row.token_family).first()
        if row.revoked is not None or sign_in is None or sign_in.ended or sign_in.expires <= timezone.now():
            end_sign_ins(SignIn.objects.filter(uuid=row.token_family))
            return False
        if not self._may_go_on(sign_in, client, request):
            return False
        request.sign_in, request.used_refresh, request.grant_row = sign_in, row, None
        return True

    def get_original_scopes(self, refresh_token: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        return list(request.sign_in.scope.split())

    def is_within_original_scope(
        self, scopes: list[str], refresh_token: str, request: Any, *args: Any, **kw: Any
    ) -> bool:
        """What was not given at first is left out, as it was then: libraries ask again for all they once asked for."""
        request.scopes = [one for one in dict.fromkeys(scopes) if one in request.sign_in.scope.split()]
        return "openid" in request.scopes

    def _save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        used = request.used_refresh
        if used is not None:
            AccessToken.objects.filter(pk=used.access_token_id).delete()
            now = timezone.now()
            RefreshToken.objects.filter(pk=used.pk).update(revoked=now, updated=now, access_token=None)
        expires = timezone.now() + timedelta(seconds=token["expires_in"])
        access = AccessToken(user=request.user, scope=token["scope"], expires=expires, application=request.client)
        self._set_token_value(access, token["access_token"])
        access.save()
        refresh = RefreshToken(
            user=request.user,
            application=request.client,
            access_token=access,
            token_family=request.sign_in.uuid,
        )
        self._set_token_value(refresh, token["refresh_token"])
        refresh.save()
        note_use(request.sign_in)

    def validate_bearer_token(self, token: str, scopes: list[str], request: Any) -> bool:
        """Whether the access token serves, and its person still may sign in there."""
        if not token or not super().validate_bearer_token(token, scopes, request):
            return False
        person = Person.objects.with_unit().filter(pk=request.user.pk).first()
        if person is None or not ask(person, "applications.sign_in", request.client):
            end_sign_ins(SignIn.objects.filter(person=request.user.pk, client=request.client))
            return False
        request.user = person
        return True

    def revoke_token(self, token: str, token_type_hint: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """Either token ends the whole sign-in. SECURITY: only its own client's."""
        tokens = RefreshToken.objects.filter(application=request.client)
        row = tokens.filter(token_checksum=checksum(token)).first()
        if row is None:
            row = tokens.filter(access_token__token_checksum=checksum(token)).first()
        if row is not None:
            end_sign_ins(SignIn.objects.filter(uuid=row.token_family))

    # -- what is told -------------------------------------------------------------------------------------------------

    def finalize_id_token(self, id_token: dict[str, Any], token: Any, token_handler: Any, request: Any) -> str:
        """The ID token: told by oauthlib `aud`, `iat`, `at_hash` and `nonce`; by us the rest. It is kept nowhere."""
        now = timezone.now()
        return keys.sign(
            {
                **claims_of(request.user, request.client, request.scopes),
                **id_token,
                "iss": oauth2_settings.OIDC_ISS_ENDPOINT,
                "exp": int(now.timestamp()) + settings.SIGN_IN_ID_TOKEN_SECONDS,
                "auth_time": int(request.sign_in.authenticated.timestamp()),
                "amr": ["pwd"],
                "jti": str(uuid4()),
            }
        )

    def get_userinfo_claims(self, request: Any) -> dict[str, Any]:
        return claims_of(request.user, request.client, request.scopes)


def _basic(credentials: str) -> tuple[str, str]:
    """Id and secret from a Basic header; two empty texts from anything else."""
    try:
        client_id, _colon, secret = b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return unquote_plus(client_id), unquote_plus(secret)
