"""What applications do when others announce something."""

from typing import Any

from django.dispatch import receiver

from directory.signals import access_ended

from .actions.sign_in_tokens import end_sign_ins_of


@receiver(access_ended)
def end_what_they_signed_in_to(sender: Any, people: Any, keys: Any, kept: Any, **_: Any) -> None:
    """SECURITY: tokens of other systems do not outlive the access they were given on."""
    end_sign_ins_of(people, keys=keys, kept=kept)
