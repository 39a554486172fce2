"""What somebody types into the box of a list, as a condition of the database."""

import re

from django.db.models import Q

# So many words are looked at.
MOST_WORDS = 8


def has_words(typed: str, *fields: str) -> Q:
    """Each word is in one of `fields`, whatever its case. Nothing typed holds for everything.

    Words end at apostrophes: keyboards write straight ones, and careful texts typographic ones.
    """
    condition = Q()
    # SECURITY: PostgreSQL takes no NUL, and answers with an error.
    words = [word for word in re.split(r"[\s'’]+", typed.replace("\0", "")) if word]
    for word in words[:MOST_WORDS]:
        either = Q()
        for name in fields:
            either |= Q(**{f"{name}__icontains": word})
        condition &= either
    return condition
