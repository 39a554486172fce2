"""What publications tell the floors below: the ways in and out, found by name."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import ask
from foundation.search.shortcuts import Shortcut, register_shortcut


def _sees_sources(person: Any) -> bool:
    return bool(ask(person, "publications.see_sources", None))


def _keeps_webhooks(person: Any) -> bool:
    return bool(ask(person, "publications.keep_webhooks", None))


register_shortcut(
    Shortcut(
        "my_feeds", _("My feeds"), "publications:subscriptions", "rss", "fils flux feeds atom rss calendrier agenda"
    )
)
register_shortcut(
    Shortcut(
        "sources",
        _("Sources of publications"),
        "publications:sources",
        "rss",
        "sources journal officiel import flux feeds",
        _sees_sources,
    )
)
register_shortcut(
    Shortcut(
        "webhooks",
        _("Webhooks"),
        "publications:webhooks",
        "send",
        "points d'appel webhooks intégration",
        _keeps_webhooks,
    )
)
