"""The verbs of publications."""

from django.utils.translation import gettext_lazy as _

from foundation.activity.verbs import Verb, register_verb

# Nobody is notified: the banner is the announcement.
ALERT_RAISED = register_verb(
    Verb("publications.alert_raised", _("%(actor)s raised the alert “%(title)s”"), "speakerphone")
)
ALERT_CHANGED = register_verb(Verb("publications.alert_changed", _("%(actor)s changed the alert “%(title)s”"), "edit"))
ALERT_BEGAN = register_verb(
    Verb("publications.alert_began", _("The alert “%(title)s” of %(actor)s began"), "speakerphone")
)
ALERT_ENDED = register_verb(Verb("publications.alert_ended", _("%(actor)s ended the alert “%(title)s”"), "circle-x"))
ALERT_EXPIRED = register_verb(
    Verb("publications.alert_expired", _("The alert “%(title)s” of %(actor)s came to its end"), "clock")
)

ALERT_VERBS = frozenset(one.key for one in (ALERT_RAISED, ALERT_CHANGED, ALERT_BEGAN, ALERT_ENDED, ALERT_EXPIRED))
