"""The verbs of applications."""

from django.utils.translation import gettext_lazy as _

from foundation.activity.verbs import Verb, register_verb

APPLICATION_ADDED = register_verb(Verb("applications.added", _("%(actor)s put “%(title)s” in service"), "apps"))
APPLICATION_CHANGED = register_verb(
    Verb("applications.changed", _("%(actor)s changed what the register says of “%(title)s”"), "apps")
)
