"""What applications tell the floors below."""

from django.utils.translation import gettext_lazy as _

from foundation.content.kinds import ContentKind, register_kind
from foundation.content.models import Content
from foundation.ui.addresses import address
from foundation.ui.navigation import NavigationItem, register

from ..models import Application


def _url(content: Content) -> str:
    return address("applications:application", content.uuid)


register_kind(
    ContentKind(
        model=Application,
        label=_("Application"),
        plural=_("Applications"),
        icon="apps",
        card="applications/application_card.html",
        url=_url,
        readers_comment=True,
        changing="applications.keep",
    )
)
register(NavigationItem("applications", _("Applications"), "applications:launcher", "apps", order=70))
