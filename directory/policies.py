"""Who may do what to people, units and groups. Reading is decided by `visible_to` and `privacy`."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, rule

from .models import Group, Mandate, Person, Position, Unit

ONLY_ADMINISTRATORS = _("Only administrators may do this.")


def _administrators(_obj: Any = None) -> Q:
    return Q(is_staff=True)


@rule("directory.change_profile", candidates=lambda person: Q(pk=person.pk) | _administrators())
def can_change_profile(actor: Any, person: Person) -> Answer:
    """One's own; administrators may take down what offends."""
    if actor.pk == person.pk or actor.is_staff:
        return Allowed()
    return Denied(_("Only the person may change their profile."))


@rule(
    "directory.change_absences", candidates=lambda person: Q(pk__in=[person.pk, person.manager_id]) | _administrators()
)
def can_change_absences(actor: Any, person: Person) -> Answer:
    """One's own, and those of one's direct reports: somebody suddenly ill does not sign in."""
    if actor.pk in (person.pk, person.manager_id) or actor.is_staff:
        return Allowed()
    return Denied(_("Only the person and their manager may enter an absence."))


@rule("directory.change_unit")
def can_change_unit(actor: Any, unit: Unit) -> Answer:
    """Mission, contacts, acting head and vacancies: whoever leads the unit or one above it, and administrators."""
    if actor.is_staff:
        return Allowed()
    leads = Position.objects.current().heads().filter(person_id=actor.pk, unit_id__in=unit.ancestor_ids)
    if leads.exists():
        return Allowed()
    return Denied(_("Only those who lead this unit may do this."))


@rule("directory.rename_unit", candidates=_administrators)
def can_rename_unit(actor: Any, unit: Unit) -> Answer:
    """Putting right the names that LDAP gives."""
    return Allowed() if actor.is_staff else Denied(ONLY_ADMINISTRATORS)


@rule("directory.change_mandate")
def can_change_mandate(actor: Any, mandate: Mandate) -> Answer:
    """Their cabinet keeps it, and administrators."""
    if actor.is_staff or (mandate.cabinet_id and mandate.cabinet_id == actor.unit_id):
        return Allowed()
    return Denied(_("Only the cabinet and administrators may do this."))


@rule("directory.create_group")
def can_create_group(actor: Any, _obj: Any = None) -> Answer:
    """Managers, administrators and the groups named by GROUP_KEEPERS."""
    if actor.kind == Person.Kind.EXTERNAL:
        return Denied(_("Groups are made by the City's staff."))
    if actor.is_staff or actor.is_manager:
        return Allowed()
    if Group.objects.active().filter(ldap_name__in=settings.GROUP_KEEPERS, members=actor).exists():
        return Allowed()
    return Denied(_("Groups are made by managers, communications officers and administrators: ask one of them."))


@rule("directory.change_group", candidates=lambda group: Q(owned_groups=group) | _administrators())
def can_change_group(actor: Any, group: Group) -> Answer:
    """Its owners and administrators; never what LDAP owns."""
    if group.source == Group.Source.LDAP:
        return Denied(_("This group comes from the City's directory: it is changed there."))
    if actor.is_staff or group.owners.filter(pk=actor.pk).exists():
        return Allowed()
    return Denied(_("Only the owners of this group may do this."))


@rule("directory.see_group_members")
def can_see_group_members(actor: Any, group: Group) -> Answer:
    """Those who belong, its owners and administrators. Others read how many."""
    if actor.is_staff or group.owners.filter(pk=actor.pk).exists() or group.members.filter(pk=actor.pk).exists():
        return Allowed()
    return Denied(_("Only its members and owners see who belongs to this group."))


@rule("directory.export_people")
def can_export_people(actor: Any, _obj: Any = None) -> Answer:
    """A list of people as a file leaves the portal: administrators, and those given the permission at the desk."""
    if actor.is_staff or actor.has_perm("directory.export_person"):
        return Allowed()
    return Denied(_("Exports are made by administrators and those they allow."))


@rule("directory.see_sync", candidates=_administrators)
def can_see_sync(actor: Any, _obj: Any = None) -> Answer:
    """Runs and their problems name entries of everybody."""
    return Allowed() if actor.is_staff else Denied(ONLY_ADMINISTRATORS)
