"""Forms of applications."""

from .access import (
    AskForm,
    GiveForm,
    GrantForm,
    RefuseForm,
)
from .applications import (
    ApplicationForm,
    initial_of,
)
from .stages import (
    AnnounceForm,
    MaintenanceForm,
    RetirementForm,
)

__all__ = [
    "AnnounceForm",
    "ApplicationForm",
    "AskForm",
    "GiveForm",
    "GrantForm",
    "MaintenanceForm",
    "RefuseForm",
    "RetirementForm",
    "initial_of",
]
