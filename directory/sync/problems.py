"""What can be wrong with an entry of LDAP, in words for administrators. None of it stops a run."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

# The codes are those of `entries.Problem` and `SyncProblem`, whose data fill the sentences.
PROBLEMS: dict[str, str | Promise] = {
    "no_key": _("No stable key: the entry was passed over."),
    "no_username": _("No user name: the entry was passed over."),
    "username_taken": _("The user name %(username)s belongs to another entry: this one was left as it was."),
    "username_kept_here": _("The user name %(username)s belongs to an account of the portal: the entry was left out."),
    "no_mail": _("No e-mail address."),
    "bad_mail": _("The e-mail address %(value)s is not valid: it was left out."),
    "kind_unknown": _("Unknown kind of person: %(value)s. Taken for an external."),
    "latin1": _("The attribute %(attribute)s is not in UTF-8: read as “%(value)s”."),
    "number_twice": _("The employee number %(number)s is held by several people."),
    "unit_unknown": _("Unknown unit: %(unit)s. The person is in no unit."),
    "manager_unknown": _("Unknown manager: %(manager)s."),
    "manager_self": _("The person is their own manager: the link was left out."),
    "manager_loop": _("Managers in a ring: %(people)s. One link was left out."),
    "photo_bad": _("The photo is not a picture we can show: it was left out."),
    "unit_code_twice": _("The code %(unit)s belongs to another unit: the entry was passed over."),
    "parent_unknown": _("The unit %(unit)s is under an unknown unit: %(parent)s. It stays where it was."),
    "parent_loop": _("The unit %(unit)s is above itself. It stays where it was."),
    "head_unknown": _("The unit %(unit)s is led by somebody unknown: %(head)s."),
    "group_name_twice": _("The name %(group)s belongs to another group: the entry was passed over."),
    "unwritable": _("The entry could not be written: %(error)s."),
}


def sentence_of(code: str, data: Mapping[str, Any]) -> str:
    """The problem in the reader's language; the bare code for one that is no longer known."""
    sentence = PROBLEMS.get(code)
    if sentence is None:
        return code
    try:
        return str(sentence) % data
    except KeyError:
        # Kept by a former version, with other values.
        return _now("%(code)s: %(data)s") % {"code": code, "data": dict(data)}
