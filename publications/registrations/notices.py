"""What publications tell the floors below: their kinds of content, their menu, their desk."""

from django.utils.translation import gettext_lazy as _
from wagtail.permissions import register_permission_policy

from foundation.content.kinds import ContentKind, register_kind
from foundation.content.models import Content
from foundation.search.shortcuts import Shortcut, register_shortcut
from foundation.ui.addresses import address
from foundation.ui.navigation import NavigationItem, register

from ..models import Notice, Site
from ..permissions import NoticePermissionPolicy

register_permission_policy(Notice, NoticePermissionPolicy(Notice))


def _notice_url(content: Content) -> str:
    return address("publications:notice", content.uuid)


register_kind(
    ContentKind(
        model=Notice,
        label=_("Notice"),
        plural=_("Notices and news"),
        icon="speakerphone",
        card="publications/notice_card.html",
        url=_notice_url,
        related=("space", "author", "unit"),
        changing="publications.change_files",
    )
)
register(
    NavigationItem(
        "notices",
        _("Notices"),
        "publications:notices",
        "speakerphone",
        order=20,
        on_phone=True,
        also=("/alerts/",),
    )
)
register_shortcut(
    Shortcut(
        "new_notice",
        _("Write a notice"),
        "publications:new",
        "plus",
        "avis publier nouvelle communiqué publish news release",
        lambda person: Site.objects.of_writer(person).exists(),
    )
)
