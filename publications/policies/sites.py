"""Who may make, edit and manage sites, and decide on the news of the city."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, rule
from foundation.content.models import Content
from foundation.spaces.models import Membership, Role, Space
from foundation.spaces.policies import members_of, role_in
from foundation.spaces.querysets import edited_space_ids

from ..models import CityProposal, Notice, Site


def _edits_a_site(_obj: Any = None) -> Q:
    """Whoever is an editor by name somewhere; editors by a principal are asked by the rule itself."""
    return Q(is_active=True)


@rule("publications.use_desk", candidates=_edits_a_site)
def can_use_desk(person: Any, _obj: Any = None) -> Answer:
    """The editors and owners of any site. SECURITY: nobody else enters, administrators included."""
    if person.is_authenticated and person.is_active and Site.objects.edited_by(person).exists():
        return Allowed()
    return Denied(_("The editors' desk is for those who edit a site."))


@rule("publications.create_site", candidates=lambda _obj: Q(is_staff=True))
def can_create_site(person: Any, _obj: Any = None) -> Answer:
    """Administrators."""
    if person.is_staff:
        return Allowed()
    return Denied(_("Sites are opened by the portal's administrators."))


@rule("publications.edit_site", candidates=lambda site: members_of(site.space))
def can_edit_site(person: Any, site: Site) -> Answer:
    """Editors and owners."""
    if site.space.archived:
        return Denied(_("This site is archived: it can be read, not written in."))
    if role_in(person, site.space) < Role.EDITOR:
        return Denied(_("Only the editors of this site may do this."))
    return Allowed()


@rule("publications.manage_site", candidates=lambda site: members_of(site.space))
def can_manage_site(person: Any, site: Site) -> Answer:
    """Owners: policy, code, members."""
    if role_in(person, site.space) < Role.OWNER:
        return Denied(_("Only the owners of this site may do this."))
    return Allowed()


@rule("publications.edit_page", candidates=lambda content: members_of(content.space))
def can_edit_page(person: Any, content: Content) -> Answer:
    """The editors of its site: a page is no private writing of its author's."""
    if content.space.archived:
        return Denied(_("This site is archived: it can be read, not written in."))
    if role_in(person, content.space) < Role.EDITOR:
        return Denied(_("Only the editors of this site may do this."))
    return Allowed()


@rule("publications.report_problem")
def can_report(person: Any, content: Content) -> Answer:
    """Whoever reads the page; who that is, `visible_to` has said."""
    return Allowed() if person.is_active else Denied("")


@rule("publications.propose_to_city", candidates=lambda notice: members_of(notice.space))
def can_propose(person: Any, notice: Notice) -> Answer:
    """The editors of the site it comes from, once it is published."""
    if role_in(person, notice.space) < Role.EDITOR:
        return Denied(_("Only the editors of this site may propose its news to the City."))
    if notice.state != "published":
        return Denied(_("Publish it first: only what is published is proposed to the City."))
    if Site.objects.filter(space_id=notice.space_id, is_city=True).exists():
        return Denied(_("It comes from the City's own site already."))
    return Allowed()


@rule("publications.decide_proposal", candidates=lambda _proposal: Q(pk__in=_city_editors()))
def can_decide(person: Any, _proposal: CityProposal | None = None) -> Answer:
    """The editors of the city's own site."""
    city = Site.objects.filter(is_city=True, space_id__among=edited_space_ids(person))
    if city.exists():
        return Allowed()
    return Denied(_("Only the editors of the City's site may do this."))


def _city_editors() -> Any:
    spaces = Space.objects.filter(site__is_city=True)
    return Membership.objects.filter(space__in=spaces, role__gte=Role.EDITOR, person__isnull=False).values("person_id")
