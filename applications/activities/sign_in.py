"""What happens to single sign-on. Recorded for the audit, told to nobody; of whom and what they speak is in `data`."""

from django.utils.translation import gettext_lazy as _

from foundation.activity.verbs import Verb, register_verb

SIGN_IN_CLIENT_ADDED = register_verb(
    Verb("applications.sign_in_client_added", _("%(actor)s opened single sign-on to an application"), "key")
)
SIGN_IN_CLIENT_CHANGED = register_verb(
    Verb("applications.sign_in_client_changed", _("%(actor)s changed the single sign-on of an application"), "key")
)
SIGN_IN_SECRET_RENEWED = register_verb(
    Verb("applications.sign_in_secret_renewed", _("%(actor)s renewed the secret of an application"), "key")
)
CONNECTION_AGREED = register_verb(
    Verb("applications.connection_agreed", _("%(actor)s agreed that an application is told of them"), "plug-connected")
)
CONNECTION_REVOKED = register_verb(
    Verb("applications.connection_revoked", _("%(actor)s disconnected an application"), "plug-connected-x")
)
