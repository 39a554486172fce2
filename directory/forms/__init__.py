"""The directory's forms."""

from .absences import AbsenceForm
from .profiles import PhotoForm, ProfileForm, draft_of, initial_of, with_change
from .responsibilities import PassOnForm
from .sign_in import SignInForm, TokenForm

__all__ = [
    "AbsenceForm",
    "PassOnForm",
    "PhotoForm",
    "ProfileForm",
    "SignInForm",
    "TokenForm",
    "draft_of",
    "initial_of",
    "with_change",
]
