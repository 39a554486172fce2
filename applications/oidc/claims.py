"""What a client is told of a person: what its policy allows, of what it asks for. The least that serves."""

from collections.abc import Collection
from typing import Any

from directory.models import Group, Person, Unit

from ..models import SCOPES, Claim, SignInClient

# Languages as other systems expect them.
LOCALES = {"fr": "fr-CA", "en": "en-CA"}
# What each detail of the policy is called in tokens.
NAMES = {
    Claim.NAME: ("name", "given_name", "family_name"),
    Claim.USERNAME: ("preferred_username",),
    Claim.EMAIL: ("email", "email_verified"),
    Claim.LOCALE: ("locale",),
    Claim.GROUPS: ("groups",),
    Claim.UNITS: ("units",),
    Claim.ELECTED: ("elected",),
}


def claims_of(person: Person, client: SignInClient, scopes: Collection[str]) -> dict[str, Any]:
    """`sub` and what both the policy of the client and the `scopes` cover. At most two queries.

    SECURITY: `sub` is the person's uuid: never the login, which changes, nor the database's id.
    """
    told: dict[str, Any] = {"sub": str(person.uuid)}
    for claim in granted(client, scopes):
        told |= _told(claim, person, client)
    return told


def granted(client: SignInClient, scopes: Collection[str]) -> list[Claim]:
    """The details that a client is told when it was given these scopes."""
    return [one for one in Claim if one in client.claims and SCOPES[one] in scopes]


def _told(claim: Claim, person: Person, client: SignInClient) -> dict[str, Any]:
    if claim == Claim.NAME:
        given = person.preferred_name or person.given_name
        return {"name": person.name, "given_name": given, "family_name": person.family_name}
    if claim == Claim.USERNAME:
        return {"preferred_username": person.username}
    if claim == Claim.EMAIL:
        return {"email": person.email, "email_verified": True} if person.email else {}
    if claim == Claim.LOCALE:
        return {"locale": LOCALES[person.language]}
    if claim == Claim.GROUPS:
        return {"groups": [group_key(one) for one in groups_told(person, client)]}
    if claim == Claim.UNITS:
        return {"units": [{"code": one.code, "fr": one.name_fr, "en": one.name_en} for one in units_told(person)]}
    return {"elected": person.is_elected}


def group_key(group: Group) -> str:
    """How a group is called in tokens: by its name in LDAP, which stays, or else by its uuid."""
    return group.ldap_name or str(group.uuid)


def groups_told(person: Person, client: SignInClient) -> list[Group]:
    """The groups among those the client may know of that the person belongs to."""
    return list(client.groups.active().with_member(person).order_by("ldap_name", "pk"))


def units_told(person: Person) -> list[Unit]:
    """The person's unit, then those above it."""
    if person.unit is None:
        return []
    return sorted(Unit.objects.filter(pk__in=person.unit.ancestor_ids), key=lambda one: len(one.path), reverse=True)
