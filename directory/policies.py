"""Who may do what to people, units and groups. Reading is decided by `visible_to` and `privacy`."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, rule

from .models import Group, Mandate, Person, Position, Unit
from .rules import hides_people_from

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


@rule("directory.change_group_members", candidates=lambda group: Q(owned_groups=group) | _administrators())
def can_change_group_members(actor: Any, group: Group) -> Answer:
    """By hand, where hands keep it; a withdrawn group takes nobody in."""
    if group.source == Group.Source.RULE:
        return Denied(_("The members of this group are those its rule describes: change the rule."))
    if not group.is_active:
        return Denied(_("This group was withdrawn: restore it first."))
    return can_change_group(actor, group)


@rule("directory.see_group_members")
def can_see_group_members(actor: Any, group: Group) -> Answer:
    """Those who belong, its owners and administrators. Others read how many."""
    if actor.is_staff or group.members.filter(pk=actor.pk).exists():
        return Allowed()
    if not group.owners.filter(pk=actor.pk).exists():
        return Denied(_("Only its members and owners see who belongs to this group."))
    # SECURITY: a rule over a group is no way to read who belongs to that group.
    if group.source == Group.Source.RULE and hides_people_from(actor, group.rule):
        return Denied(_("The rule names a group whose members you do not see: you read only how many they are."))
    return Allowed()


def members_hidden_from(actor: Any, principals: Iterable[str]) -> frozenset[str]:
    """Those of the principals that are groups whose members `actor` may not read: `can_see_group_members`, in bulk.
    SECURITY: on the safe side: owning a group is not enough when a rule makes it."""
    ids = {int(one.partition(":")[2]) for one in principals if one.startswith("group:")}
    if not ids or actor.is_staff:
        return frozenset()
    chosen = Group.objects.filter(pk__in=ids)
    seen = chosen.with_member(actor) | chosen.kept_by(actor).exclude(source=Group.Source.RULE)
    return frozenset(f"group:{one}" for one in ids - set(seen.values_list("pk", flat=True)))


@rule("directory.export_people")
def can_export_people(actor: Any, _obj: Any = None) -> Answer:
    """A list of people as a file leaves the portal: administrators, and those given the permission at the desk."""
    if actor.is_staff or actor.has_perm("directory.export_person"):
        return Allowed()
    return Denied(_("Exports are made by administrators and those they allow."))


@rule("directory.reactivate_person", candidates=_administrators)
def can_reactivate_person(actor: Any, person: Person) -> Answer:
    """Whom an administrator shut out, an administrator lets in."""
    return Allowed() if actor.is_staff else Denied(ONLY_ADMINISTRATORS)


@rule("directory.see_sync", candidates=_administrators)
def can_see_sync(actor: Any, _obj: Any = None) -> Answer:
    """Runs and their problems name entries of everybody."""
    return Allowed() if actor.is_staff else Denied(ONLY_ADMINISTRATORS)
