"""Passing on what one answers for: a content, a space, a group."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.content import actions as content_actions
from foundation.content.models import Content
from foundation.spaces import actions as space_actions
from foundation.spaces.models import Space

from ..activities import GROUP_PASSED_ON
from ..models import Group, Handover, HandoverItem, Person


@transaction.atomic
def pass_on(thing: Content | Space | Group, to: Person, *, actor: Person) -> Handover:
    """Make `to` answer for something in one's own place; they may pass it back. Raises Refused, and ValidationError
    for somebody who cannot take it."""
    if to.pk == actor.pk:
        raise ValidationError({"person": _("You answer for it already: choose somebody else.")})
    if not to.is_active or to.kind == Person.Kind.EXTERNAL:
        raise ValidationError({"person": _("Choose a colleague who works for the City.")})
    handover = Handover.objects.create(leaver=actor, heir=to)
    if isinstance(thing, Group):
        _pass_on_group(thing, to, actor)
        HandoverItem.objects.create(handover=handover, group=thing)
    elif isinstance(thing, Space):
        space_actions.pass_on(thing, to, actor=actor)
        HandoverItem.objects.create(handover=handover, space=thing)
    else:
        content_actions.pass_on(thing, to, actor=actor)
        HandoverItem.objects.create(handover=handover, content_id=thing.pk)
    return handover


def _pass_on_group(group: Group, to: Person, actor: Any) -> None:
    require(actor, "directory.change_group", group)
    group.owners.add(to)
    group.owners.remove(actor)
    record(GROUP_PASSED_ON, None, actor=actor, data={"group": str(group.uuid), "person": str(to.uuid)})
