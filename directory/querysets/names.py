"""How names are compared: one folded spelling for finding, one canonical spelling for signing in."""

import unicodedata


def folded(text: str) -> str:
    """Lower case without accents, ligatures or apostrophes: how names are compared."""
    text = text.casefold().replace("œ", "oe").replace("æ", "ae").replace("’", " ").replace("'", " ").replace("-", " ")
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join(bare.split())


def canonical_username(typed: str) -> str:
    """The one spelling of a user name, whatever the case, width or blanks it was typed with; empty if it cannot be one.

    SECURITY: directories compare names loosely (blanks, compatibility forms). Without one spelling the same account
    would have many names here, and as many tries before it is locked.
    """
    # Control and invisible formatting characters, NUL first among them.
    if any(unicodedata.category(one).startswith("C") for one in typed):
        return ""
    return " ".join(unicodedata.normalize("NFKC", typed).lower().split())
