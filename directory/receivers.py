"""What the directory does when others announce something."""

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone
from django_auth_ldap.backend import ldap_error

from .backends import REFUSALS
from .throttle import client_address

logger = logging.getLogger(__name__)


@receiver(user_logged_in)
def note_browser(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Keep on the session what its owner will recognise it by."""
    request.session["browser"] = request.headers.get("User-Agent", "")[:200]
    request.session["address"] = client_address(request)
    request.session["signed_in"] = timezone.now().isoformat()


@receiver(ldap_error)
def note_directory_unavailable(sender: Any, context: str, request: Any, exception: Exception, **kwargs: Any) -> None:
    """Tell "the directory does not answer" from "wrong password": to the LDAP library both are just nobody.

    Refused credentials count as a wrong password only where the person's own were tried; the search account's are a
    fault of ours.
    """
    if context == "authenticate" and isinstance(exception, REFUSALS):
        return
    logger.error("the directory does not answer (%s): %r", context, exception)
    if request is not None:
        request.directory_unavailable = True
