"""The verbs of files."""

from django.utils.translation import gettext_lazy as _

from foundation.activity.verbs import Verb, register_verb

FILE_ATTACHED = register_verb(Verb("files.attached", _("%(actor)s attached a file to “%(title)s”"), "paperclip"))
FILE_DETACHED = register_verb(Verb("files.detached", _("%(actor)s removed a file from “%(title)s”"), "paperclip"))
