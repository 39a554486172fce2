"""What the cards of mail and agenda show: of what was last seen, and nothing that would make a page wait."""

from typing import Any

from .looking import AGENDA, KINDS_SHOWN, MAIL, Look, looks_of
from .looking.looks import now_and_later
from .providers import NextEvents


def home_cards(person: Any) -> dict[str, dict[str, Any]]:
    """By kind, the context of each card of the home page. One question to the cache, none to the database."""
    return {kind: context_of(look) for kind, look in looks_of(person).items()}


def context_of(look: Look) -> dict[str, Any]:
    """The context of one card's template."""
    days = now_and_later(look.value) if isinstance(look.value, NextEvents) else None
    return {"look": look, "days": days, "again": 1}


__all__ = ["AGENDA", "KINDS_SHOWN", "MAIL", "context_of", "home_cards"]
