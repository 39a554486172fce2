"""What publications tell the floors below: their kinds of content, their menu, their desk."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.content.kinds import ContentKind, register_kind
from foundation.content.models import Content
from foundation.realtime.topics import Topic, register_topic
from foundation.search.shortcuts import Shortcut, register_shortcut
from foundation.spaces.querysets import edited_space_ids
from foundation.ui.addresses import address

from ..banners import is_quiet, read_banners
from ..models import Alert, Site


def _alert_url(content: Content) -> str:
    return address("publications:alert", content.uuid)


def _raises_alerts(person: Any) -> bool:
    return bool(edited_space_ids(person)) and Site.objects.filter(space_id__in=edited_space_ids(person)).exists()


register_kind(
    ContentKind(
        model=Alert,
        label=_("Alert"),
        plural=_("Alerts"),
        icon="speakerphone",
        card="publications/alerts/alert_card.html",
        url=_alert_url,
    )
)
register_topic(Topic("alerts", read_banners, is_quiet))
register_shortcut(Shortcut("alerts", _("Alerts"), "publications:alerts", "speakerphone", "alertes alerts panne outage"))
register_shortcut(
    Shortcut(
        "new_alert",
        _("Raise an alert"),
        "publications:new_alert",
        "speakerphone",
        "alerte alert urgence emergency",
        _raises_alerts,
    )
)
