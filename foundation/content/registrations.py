"""What content tells the spaces: the register of what is shared out of one, for those who look after it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import ask
from foundation.spaces.kinds import SpaceTab, register_tab
from foundation.spaces.models import Space
from foundation.ui.addresses import address


def _shares_url(space: Space) -> str:
    return address("content:shares", space.slug)


def _edits(person: Any, space: Space) -> bool:
    return bool(ask(person, "spaces.edit", space))


register_tab(SpaceTab("shares", _("Shares"), "share", 95, _shares_url, is_shown=_edits))
