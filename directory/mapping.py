"""Which LDAP attribute fills which field. A city with other names sets LDAP_ATTRIBUTES; no code changes."""

# The keys are the fields of `entries.PersonEntry`.
PERSON_ATTRIBUTES = {
    # The stable key. Active Directory: objectGUID.
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
    "place": "physicalDeliveryOfficeName",
    "language": "preferredLanguage",
    "kind": "villeGenre",
    "employee_number": "villeMatricule",
}

# The keys are the fields of `entries.GroupEntry`.
GROUP_ATTRIBUTES = {"ldap_name": "cn", "name_fr": "description", "name_en": "villeNomEn"}

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
