"""What people connect of their mailboxes."""

from django.utils.translation import gettext_lazy as _

from foundation.activity.verbs import Verb, register_verb

MAILBOX_TOKEN_GIVEN = register_verb(
    Verb("mailboxes.token_given", _("%(actor)s connected their mail or agenda to the portal"), "mail")
)
MAILBOX_TOKEN_WITHDRAWN = register_verb(
    Verb("mailboxes.token_withdrawn", _("%(actor)s disconnected their mail or agenda from the portal"), "mail")
)
