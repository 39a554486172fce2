"""What applications tell the floors below: the systems that register them, found by name; launchers that follow."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import ask
from foundation.realtime.topics import register_topic
from foundation.search.shortcuts import Shortcut, register_shortcut

from ..appearing import LAUNCHER


def _sees_registrars(person: Any) -> bool:
    return bool(ask(person, "applications.see_registrars", None))


register_topic(LAUNCHER)
register_shortcut(
    Shortcut(
        "registrars",
        _("Systems that register applications"),
        "applications:registrars",
        "server",
        "manifestes propositions mise en service manifests proposals registration",
        _sees_registrars,
    )
)
