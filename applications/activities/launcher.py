"""What keepers put in the launcher of others, and the keys by which applications send their counts."""

from django.utils.translation import gettext_lazy as _

from foundation.activity.verbs import Verb, register_verb

DEFAULT_PLACED = register_verb(
    Verb("applications.default_placed", _("%(actor)s put “%(title)s” in the launcher of others"), "pin")
)
DEFAULT_WITHDRAWN = register_verb(
    Verb("applications.default_withdrawn", _("%(actor)s took “%(title)s” out of the launcher of others"), "pin")
)
BADGE_KEY_MADE = register_verb(
    Verb("applications.badge_key_made", _("%(actor)s made the key by which “%(title)s” sends its counts"), "key")
)
BADGE_KEY_WITHDRAWN = register_verb(
    Verb("applications.badge_key_withdrawn", _("%(actor)s withdrew the key of the counts of “%(title)s”"), "key")
)
