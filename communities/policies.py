"""Who may start a topic, and create a community."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, rule
from foundation.spaces.models import Space
from foundation.spaces.policies import can_contribute, members_of


@rule("communities.start_topic", candidates=members_of)
def can_start_topic(person: Any, space: Space) -> Answer:
    """Members who contribute."""
    return can_contribute(person, space)


@rule("communities.create")
def can_create(person: Any, _nothing: Any) -> Answer:
    """Any member of the city's staff or council may gather colleagues."""
    if person.kind == "external":
        return Denied(_("Only staff and elected officials may create a community."))
    return Allowed()
