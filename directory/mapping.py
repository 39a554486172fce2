"""Which LDAP attribute fills which field. A city with other names sets LDAP_ATTRIBUTES; no code changes."""

from django.utils.translation import gettext_lazy as _

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
    "mobile": "mobile",
    "notes_name": "villeNomNotes",
    "site": "physicalDeliveryOfficeName",
    "room": "roomNumber",
    "job_class": "employeeType",
    "borough_code": "villeArrondissement",
    "language": "preferredLanguage",
    "kind": "villeGenre",
    "employee_number": "villeMatricule",
}

# The keys are the fields of `entries.GroupEntry`.
GROUP_ATTRIBUTES = {"ldap_name": "cn", "name_fr": "description", "name_en": "villeNomEn"}

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
