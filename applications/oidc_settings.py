"""The provider's own page of settings: what django-oauth-toolkit is told (`applications/oidc`, decision 11).

Nothing here is the city's to choose; what is (the address, the age of keys) stands in `intranet/settings.py`.
"""

OAUTH2_PROVIDER_APPLICATION_MODEL = "applications.SignInClient"
# Seconds that each thing is good for; a sign-in with all its tokens ends after twelve hours at the latest.
SIGN_IN_CODE_SECONDS, SIGN_IN_TOKEN_SECONDS, SIGN_IN_ID_TOKEN_SECONDS = 60, 600, 300
SIGN_IN_SECONDS = 12 * 3600
OAUTH2_PROVIDER = {
    "OIDC_ENABLED": True,
    "OAUTH2_SERVER_CLASS": "applications.oidc.server.Server",
    "OAUTH2_BACKEND_CLASS": "applications.oidc.server.Core",
    "OAUTH2_VALIDATOR_CLASS": "applications.oidc.validators.Validator",
    "SCOPES": {"openid": "", "profile": "", "email": "", "groups": "", "units": ""},
    "DEFAULT_SCOPES": ["openid"],
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": SIGN_IN_CODE_SECONDS,
    "ACCESS_TOKEN_EXPIRE_SECONDS": SIGN_IN_TOKEN_SECONDS,
    "ID_TOKEN_EXPIRE_SECONDS": SIGN_IN_ID_TOKEN_SECONDS,
    "REFRESH_TOKEN_EXPIRE_SECONDS": SIGN_IN_SECONDS,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    # SECURITY: tokens are kept as hashes, and everything RFC 9700 advises is on.
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}
