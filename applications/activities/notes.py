"""What happens to the places of Notes links."""

from django.utils.translation import gettext_lazy as _

from foundation.activity.verbs import Verb, register_verb

NOTES_PLACE_MOVED = register_verb(
    Verb(
        "applications.notes_place_moved", _("%(actor)s said that “%(title)s” takes the place of a Notes link"), "notes"
    )
)
NOTES_PLACE_REMOVED = register_verb(
    Verb("applications.notes_place_removed", _("%(actor)s sent a link back to Notes instead of “%(title)s”"), "notes")
)
NOTES_PLACES_MOVED = register_verb(
    Verb("applications.notes_places_moved", _("%(actor)s imported new places of Notes links"), "notes")
)
