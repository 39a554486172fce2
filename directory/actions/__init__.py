"""What one does to people, units and groups."""

from .absences import delete_absence, end_absence, enter_absence
from .elected import begin_mandate, change_mandate
from .emergency import set_emergency_administrator
from .exports import export_people
from .groups import (
    add_members,
    change_group,
    create_group,
    evaluate_rules,
    remove_members,
    restore_group,
    withdraw_group,
)
from .ldap_people import search_name_of
from .leaving import come_back, leave, reactivate
from .people import SignInRefused, bring_in, create_person, deactivate
from .photos import keep_ldap_photos, refresh_photos, remove_photo, set_photo
from .policy import apply_policy
from .positions import add_position, declare_vacancy, end_position, name_acting_head, name_head, reopen_position
from .preferences import set_invisible, set_language, set_theme
from .profiles import change_profile
from .responsibilities import pass_on
from .sign_in import (
    TOKEN_PREFIX,
    create_token,
    end_session,
    end_sessions,
    note_token_use,
    revoke_token,
    token_digest,
)
from .units import create_unit, describe_unit, rename_unit, restore_unit_name, undo_description

__all__ = [
    "TOKEN_PREFIX",
    "SignInRefused",
    "add_members",
    "add_position",
    "apply_policy",
    "begin_mandate",
    "bring_in",
    "change_group",
    "change_mandate",
    "change_profile",
    "come_back",
    "create_group",
    "create_person",
    "create_token",
    "create_unit",
    "deactivate",
    "declare_vacancy",
    "delete_absence",
    "describe_unit",
    "end_absence",
    "end_position",
    "end_session",
    "end_sessions",
    "enter_absence",
    "evaluate_rules",
    "export_people",
    "keep_ldap_photos",
    "leave",
    "name_acting_head",
    "name_head",
    "note_token_use",
    "pass_on",
    "reactivate",
    "refresh_photos",
    "remove_members",
    "remove_photo",
    "rename_unit",
    "reopen_position",
    "restore_group",
    "restore_unit_name",
    "revoke_token",
    "search_name_of",
    "set_emergency_administrator",
    "set_invisible",
    "set_language",
    "set_photo",
    "set_theme",
    "token_digest",
    "undo_description",
    "withdraw_group",
]
