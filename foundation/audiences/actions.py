"""The one way to get an audience."""

import hashlib
from collections.abc import Iterable

from django.db import transaction

from .models import Audience, AudiencePrincipal
from .principals import provider_of


@transaction.atomic
def audience_of(principals: Iterable[str]) -> Audience:
    """The audience of exactly these principals, made on first use.

    Raises ValueError for an empty set (an audience nobody is in hides a thing from its own author: use the trash) and
    LookupError for a principal nobody provides.
    """
    chosen = sorted(set(principals))
    if not chosen:
        raise ValueError("an audience needs at least one principal")
    for one in chosen:
        provider_of(one)
    digest = hashlib.sha256("\n".join(chosen).encode()).hexdigest()
    audience, is_new = Audience.objects.get_or_create(digest=digest)
    if is_new:
        AudiencePrincipal.objects.bulk_create(AudiencePrincipal(audience=audience, principal=one) for one in chosen)
    return audience
