"""Who keeps the ways in and out: sources, webhooks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, rule
from foundation.spaces.models import Role
from foundation.spaces.policies import role_in
from foundation.spaces.querysets import edited_space_ids

from ..models import Site


@rule("publications.keep_sources")
def can_keep_sources(person: Any, _nothing: Any) -> Answer:
    """Administrators and the owners of the city's own site: a source makes the portal ask another machine."""
    if person.is_staff:
        return Allowed()
    site = Site.objects.filter(is_city=True).select_related("space").first()
    if site is not None and role_in(person, site.space) >= Role.OWNER:
        return Allowed()
    return Denied(_("Sources are kept by administrators and by those who answer for the City's own site."))


@rule("publications.see_sources")
def can_see_sources(person: Any, _nothing: Any) -> Answer:
    """Those, and the editors of sites, each for what publishes there."""
    if can_keep_sources(person, None) or Site.objects.filter(space_id__in=edited_space_ids(person)).exists():
        return Allowed()
    return Denied(_("Sources are shown to the editors of sites."))


@rule("publications.keep_webhooks")
def can_keep_webhooks(person: Any, _nothing: Any) -> Answer:
    """Administrators."""
    return Allowed() if person.is_staff else Denied(_("Webhooks are kept by administrators."))
