"""What links to Notes tell the floors below: a way to them in the search."""

from django.utils.translation import gettext_lazy as _

from foundation.search.shortcuts import Shortcut, register_shortcut

register_shortcut(
    Shortcut(
        "notes-links", _("Links to Notes"), "applications:notes_link", "notes", "notes lotus domino ndl liens links"
    )
)
