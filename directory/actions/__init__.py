"""What one does to people, units and groups."""

from .emergency import set_emergency_administrator
from .people import SignInRefused, bring_in, create_person, deactivate, search_name_of
from .preferences import set_language, set_theme
from .sign_in import (
    TOKEN_PREFIX,
    create_token,
    end_session,
    end_sessions,
    note_token_use,
    revoke_token,
    token_digest,
)
from .units import create_unit

__all__ = [
    "TOKEN_PREFIX",
    "SignInRefused",
    "bring_in",
    "create_person",
    "create_token",
    "create_unit",
    "deactivate",
    "end_session",
    "end_sessions",
    "note_token_use",
    "revoke_token",
    "search_name_of",
    "set_emergency_administrator",
    "set_language",
    "set_theme",
    "token_digest",
]
