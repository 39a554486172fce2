"""Who may raise, change and end an alert, and whom it may reach."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Person
from foundation.audiences.policies import Allowed, Answer, Denied, ask, rule
from foundation.audiences.principals import EVERYONE, holders_of, principal
from foundation.spaces.models import Role
from foundation.spaces.policies import members_of, role_in

from ..models.alerts import Alert, Severity
from ..models.sites import Site


@dataclass(frozen=True)
class Reach:
    """What is about to be raised: by which site, how severe, for the holders of which principals."""

    site: Site
    severity: int
    principals: frozenset[str]


def own_principals(alert: Alert) -> frozenset[str]:
    """Whom an alert was raised for: without the editors of its site, who see it because they answer for it."""
    chosen = alert.audience.principals if alert.audience else frozenset()
    return chosen - {principal("editors", alert.space_id)}


def _members_of_site(site: Site) -> Q:
    return members_of(site.space)


def _members_of_reach(reach: Reach) -> Q:
    return members_of(reach.site.space)


def _members_of_alert(alert: Alert) -> Q:
    return members_of(alert.space)


@rule("publications.raise_alert", candidates=_members_of_site)
def can_raise(person: Any, site: Site) -> Answer:
    """The editors and owners of a site."""
    if site.space.archived:
        return Denied(_("This site is archived: nothing is raised from it."))
    if role_in(person, site.space) < Role.EDITOR:
        return Denied(_("Only the editors of this site may raise an alert."))
    return Allowed()


@rule("publications.reach_with_alert", candidates=_members_of_reach)
def can_reach(person: Any, reach: Reach) -> Answer:
    """A site alerts its own readers; the city's whomever it has to. What is critical for everyone is for its owners."""
    answer = can_raise(person, reach.site)
    if not answer:
        return answer
    if EVERYONE in reach.principals and reach.severity >= Severity.CRITICAL:
        if not reach.site.is_city or role_in(person, reach.site.space) < Role.OWNER:
            return Denied(_("Only the owners of the city's own site may raise a critical alert for everyone."))
        return Allowed()
    if not reach.site.is_city and _reaches_outside(reach.site, reach.principals):
        return Denied(_("This would reach people outside the audience of this site: choose among its readers."))
    return Allowed()


def _reaches_outside(site: Site, principals: Collection[str]) -> bool:
    """SECURITY: asked of people, not of principals: a unit inside a borough, or a group of its people, is its own."""
    own = members_of(site.space)
    if site.space.audience:
        own |= holders_of(site.space.audience.principals)
    theirs = Person.objects.filter(own).values("pk")
    return Person.objects.filter(holders_of(principals)).exclude(pk__in=theirs).exists()


@rule("publications.change_alert", candidates=_members_of_alert)
def can_change(person: Any, alert: Alert) -> Answer:
    """Whoever might raise it now. SECURITY: its author too only as long as they are an editor of the site."""
    site = Site.objects.filter(space_id=alert.space_id).select_related("space__audience").first()
    if site is None:
        return Denied(_("This alert belongs to no site."))
    if alert.is_over:
        return Denied(_("This alert is over: it stays as it was."))
    return ask(person, "publications.reach_with_alert", Reach(site, alert.severity, own_principals(alert)))


@rule("publications.put_alert_away")
def can_put_away(person: Any, alert: Alert) -> Answer:
    """Whoever sees it, unless it is critical."""
    if not alert.can_be_put_away:
        return Denied(_("A critical alert stays in view as long as it lasts."))
    return Allowed()
