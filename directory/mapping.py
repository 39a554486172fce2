"""Which LDAP attribute fills which field, for the directories that cities have. Mapping is configuration, not code.

A preset (LDAP_PRESET) names the attributes, classes and filters of one kind of server; a city with other names sets
LDAP_ATTRIBUTES and its companions on top (see `ldap_settings`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

# The keys are the fields of `entries.PersonEntry`.
PERSON_ATTRIBUTES = {
    # The stable key: it stays when names and places change.
    "entry_uuid": "entryUUID",
    "username": "uid",
    "given_name": "givenName",
    "family_name": "sn",
    "full_name": "cn",
    "title_fr": "title",
    "title_en": "villeTitreEn",
    "unit_code": "departmentNumber",
    "manager_dn": "manager",
    "email": "mail",
    "phone": "telephoneNumber",
    "mobile": "mobile",
    "notes_name": "villeNomNotes",
    "site": "physicalDeliveryOfficeName",
    "room": "roomNumber",
    "job_class": "employeeType",
    "borough_code": "villeArrondissement",
    "language": "preferredLanguage",
    "kind": "villeGenre",
    "employee_number": "villeMatricule",
    "photo": "jpegPhoto",
}

# The keys are the fields of `entries.UnitEntry`.
UNIT_ATTRIBUTES = {
    "entry_uuid": "entryUUID",
    "code": "ou",
    "name_fr": "description",
    "name_en": "villeNomEn",
    "kind": "villeGenre",
    # The code of the unit above. Where nobody has it, the tree is that of the distinguished names.
    "parent_code": "villeUniteParente",
    "head_dn": "villeResponsable",
}

# The keys are the fields of `entries.GroupEntry`.
GROUP_ATTRIBUTES = {
    "entry_uuid": "entryUUID",
    "ldap_name": "cn",
    "name_fr": "description",
    "name_en": "villeNomEn",
    "members": "member",
}

# Read of people besides: how ppolicy and Active Directory say that somebody is shut out.
LOCK_ATTRIBUTES = ("pwdAccountLockedTime", "userAccountControl")


@dataclass(frozen=True)
class Preset:
    """One kind of directory server.

    `*_class`: the object class (lower case) by which the sync tells entries apart. `*_filter`: which entries it reads.
    `sign_in_filter`: how a typed name finds its entry. `modified`: when an entry last changed. `disabled`: the
    attribute and value that shut somebody out; those of ppolicy and Active Directory are known besides (`entries`).
    """

    person: Mapping[str, str]
    unit: Mapping[str, str]
    group: Mapping[str, str]
    person_class: str
    unit_class: str
    group_class: str
    people_filter: str
    units_filter: str
    groups_filter: str
    sign_in_filter: str
    modified: str = "modifyTimestamp"
    disabled: str = ""

    @property
    def person_attributes(self) -> list[str]:
        """All that is read of a person, by sync and sign-in alike; operational ones must be asked for by name."""
        return sorted({*filter(None, self.person.values()), *self.lock_attributes})

    @property
    def lock_attributes(self) -> list[str]:
        """What says that somebody is shut out."""
        return [*LOCK_ATTRIBUTES, *filter(None, [self.disabled_by])]

    @property
    def disabled_by(self) -> str:
        """The attribute of `disabled`."""
        return self.disabled.partition("=")[0]


OPENLDAP = Preset(
    person=PERSON_ATTRIBUTES,
    unit=UNIT_ATTRIBUTES,
    group=GROUP_ATTRIBUTES,
    person_class="villepersonne",
    unit_class="villeunite",
    group_class="groupofnames",
    people_filter="(objectClass=villePersonne)",
    units_filter="(objectClass=villeUnite)",
    groups_filter="(objectClass=groupOfNames)",
    sign_in_filter="(&(objectClass=villePersonne)(uid=%(user)s)(!(villeActif=FALSE)))",
    disabled="villeActif=FALSE",
)

ACTIVE_DIRECTORY = Preset(
    person={
        **PERSON_ATTRIBUTES,
        "entry_uuid": "objectGUID",
        "username": "sAMAccountName",
        "full_name": "displayName",
        "title_en": "extensionAttribute1",
        "unit_code": "department",
        "notes_name": "extensionAttribute2",
        "room": "roomNumber",
        "borough_code": "l",
        "kind": "extensionAttribute3",
        "employee_number": "employeeNumber",
        "photo": "thumbnailPhoto",
    },
    # The tree of organizational units itself.
    unit={
        **UNIT_ATTRIBUTES,
        "entry_uuid": "objectGUID",
        "name_en": "displayName",
        "kind": "extensionAttribute3",
        "parent_code": "extensionAttribute4",
        "head_dn": "managedBy",
    },
    group={**GROUP_ATTRIBUTES, "entry_uuid": "objectGUID", "name_en": "displayName"},
    person_class="user",
    unit_class="organizationalunit",
    group_class="group",
    # Computers are users too; contacts are people who cannot sign in.
    people_filter="(&(objectCategory=person)(objectClass=user))",
    units_filter="(objectClass=organizationalUnit)",
    groups_filter="(objectClass=group)",
    sign_in_filter=(
        "(&(objectCategory=person)(objectClass=user)(sAMAccountName=%(user)s)"
        "(!(userAccountControl:1.2.840.113556.1.4.803:=2)))"
    ),
    modified="whenChanged",
)

DOMINO = Preset(
    person={
        **PERSON_ATTRIBUTES,
        "entry_uuid": "dominoUNID",
        "title_fr": "jobTitle",
        "title_en": "",
        "unit_code": "department",
        "phone": "officePhoneNumber",
        "notes_name": "cn",
        "site": "officeStreetAddress",
        "borough_code": "location",
        "kind": "",
        "employee_number": "employeeID",
    },
    unit={**UNIT_ATTRIBUTES, "entry_uuid": "dominoUNID", "name_en": "", "kind": "", "parent_code": "", "head_dn": ""},
    group={**GROUP_ATTRIBUTES, "entry_uuid": "dominoUNID", "name_en": ""},
    person_class="dominoperson",
    unit_class="organizationalunit",
    group_class="groupofnames",
    people_filter="(objectClass=dominoPerson)",
    units_filter="(objectClass=organizationalUnit)",
    groups_filter="(objectClass=groupOfNames)",
    sign_in_filter="(&(objectClass=dominoPerson)(uid=%(user)s))",
)

PRESETS = {"openldap": OPENLDAP, "ad": ACTIVE_DIRECTORY, "domino": DOMINO}

# What directories write, in either language, for `Unit.Kind`; anything else is a division.
UNIT_KINDS = {
    "city": "city",
    "ville": "city",
    "borough": "borough",
    "arrondissement": "borough",
    "service": "service",
    "department": "service",
    "cabinet": "cabinet",
}

# Classes of employment, by the key LDAP holds: the word shown. An unknown key is shown as it is.
JOB_CLASSES = {
    "cadre": _("Management"),
    "professionnel": _("Professional"),
    "col-blanc": _("White-collar"),
    "col-bleu": _("Blue-collar"),
    "policier": _("Police"),
    "pompier": _("Firefighting"),
    "cabinet": _("Cabinet"),
}

# Languages people may say they speak, by code. Their names are Django's, translated.
SPOKEN_LANGUAGES = (
    *("fr", "en", "es", "ar", "it", "ht", "zh", "pt", "el", "vi", "ru", "ro", "pa", "hi", "ur", "fa", "ta", "tr", "uk"),
    *("pl", "de", "he", "hy", "ko", "ja", "sw", "wo", "kab", "iu", "moh", "cr", "ase", "fcs"),
)

# What directories write, in either language, for `Person.Kind`.
KINDS = {
    "employee": "employee",
    "employe": "employee",
    "elected": "elected",
    "elu": "elected",
    "elue": "elected",
    "external": "external",
    "externe": "external",
}
