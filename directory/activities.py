"""The verbs of the directory: recorded for the audit, told to nobody.

Most have no target. `data` says of whom they speak by uuid, and which fields changed; never what is private in them.
"""

from django.utils.translation import gettext_lazy as _

from foundation.activity.verbs import Verb, register_verb

PROFILE_CHANGED = register_verb(Verb("directory.profile_changed", _("%(actor)s changed a profile"), "user-circle"))
PHOTO_CHANGED = register_verb(Verb("directory.photo_changed", _("%(actor)s changed a photo"), "camera"))
ABSENCE_ENTERED = register_verb(Verb("directory.absence_entered", _("%(actor)s entered an absence"), "calendar-off"))
ABSENCE_ENDED = register_verb(Verb("directory.absence_ended", _("%(actor)s ended an absence"), "calendar-event"))
ABSENCE_DELETED = register_verb(Verb("directory.absence_deleted", _("%(actor)s deleted an absence"), "calendar-event"))
GROUP_PASSED_ON = register_verb(Verb("directory.group_passed_on", _("%(actor)s passed a group on"), "users-group"))
PERSON_REACTIVATED = register_verb(
    Verb("directory.person_reactivated", _("%(actor)s let somebody back in"), "user-check")
)

UNIT_DESCRIBED = register_verb(
    Verb("directory.unit_described", _("%(actor)s changed what a unit says of itself"), "edit")
)
UNIT_RENAMED = register_verb(Verb("directory.unit_renamed", _("%(actor)s corrected the name of a unit"), "edit"))
UNIT_NAME_RESTORED = register_verb(
    Verb("directory.unit_name_restored", _("%(actor)s gave a unit its name in the City's directory back"), "restore")
)
POSITION_ADDED = register_verb(Verb("directory.position_added", _("%(actor)s entered a position"), "id-badge-2"))
POSITION_ENDED = register_verb(Verb("directory.position_ended", _("%(actor)s ended a position"), "id-badge-2"))
POSITION_REOPENED = register_verb(Verb("directory.position_reopened", _("%(actor)s reopened a position"), "id-badge-2"))
MANDATE_BEGUN = register_verb(Verb("directory.mandate_begun", _("%(actor)s entered a mandate"), "gavel"))
MANDATE_CHANGED = register_verb(Verb("directory.mandate_changed", _("%(actor)s changed a mandate"), "gavel"))

GROUP_CREATED = register_verb(Verb("directory.group_created", _("%(actor)s created a group"), "users-group"))
GROUP_CHANGED = register_verb(Verb("directory.group_changed", _("%(actor)s changed a group"), "users-group"))
GROUP_MEMBERS_ADDED = register_verb(
    Verb("directory.group_members_added", _("%(actor)s took people in a group"), "user-plus")
)
GROUP_MEMBERS_REMOVED = register_verb(
    Verb("directory.group_members_removed", _("%(actor)s took people out of a group"), "user-minus")
)
GROUP_WITHDRAWN = register_verb(Verb("directory.group_withdrawn", _("%(actor)s withdrew a group"), "archive"))
GROUP_RESTORED = register_verb(Verb("directory.group_restored", _("%(actor)s restored a group"), "restore"))
PEOPLE_EXPORTED = register_verb(Verb("directory.people_exported", _("%(actor)s exported a list of people"), "download"))
