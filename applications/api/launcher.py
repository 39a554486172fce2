"""My favourites, and the counts that applications announce, in the REST API."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from ninja.security.base import AuthBase

from directory.throttle import client_address
from foundation.content.api import Item, Listing

from .. import actions
from ..actions.badges import BODY_MAX, MOST_PEOPLE, Count, NotSigned, signer_of
from ..actions.launcher import MOST_FAVOURITES
from ..launching import Launcher
from ..models import Application
from ..models.launcher import MOST_COUNT

router = Router(tags=["applications"])


class FavouriteOut(Item):
    """One of my favourites. `is_forced`: chosen by the City or my unit; it stays, and comes first. `badge`: how many
    things wait for me there."""

    is_forced: bool
    badge: int


class FavouritesIn(Schema):
    """My favourites as I want them."""

    items: list[UUID] = Field(..., max_length=MOST_FAVOURITES, description="uuids of applications, in order")


class BadgeIn(Schema):
    """How many things wait for one person."""

    person: str = Field(..., min_length=1, max_length=150, description="uuid of a person, or their user name")
    count: int = Field(..., ge=0, le=MOST_COUNT, strict=True)


class BadgesIn(Schema):
    """The counts of up to a thousand people; those who are not named keep theirs."""

    badges: list[BadgeIn] = Field(..., max_length=MOST_PEOPLE)


class BadgesOut(Schema):
    """How many were written, and who is not known here."""

    accepted: int
    unknown: list[str]


class BadgeSignature(AuthBase):
    """`X-Parvis-Timestamp` (seconds since 1970) and `X-Parvis-Signature`: `sha256=` and the HMAC-SHA256, in
    hexadecimal, of the timestamp, a full stop and the body, under the key of the application."""

    openapi_type = "apiKey"
    openapi_in = "header"
    openapi_name = "X-Parvis-Signature"

    def __call__(self, request: HttpRequest) -> Any:
        said = request.headers.get("Content-Length", "")
        if said.isdecimal() and int(said) > BODY_MAX:
            raise HttpError(413, f"At most {BODY_MAX} bytes.")
        assert request.resolver_match is not None
        try:
            return signer_of(
                UUID(str(request.resolver_match.kwargs["uuid"])),
                request.body,
                timestamp=request.headers.get("X-Parvis-Timestamp", ""),
                signature=request.headers.get("X-Parvis-Signature", ""),
                address=client_address(request) or "",
            )
        except NotSigned as refusal:
            raise HttpError(refusal.status, refusal.reason) from refusal


def _listing(request: HttpRequest) -> dict[str, Any]:
    shown = Launcher(request.user)
    items = [
        {
            "id": shown.faces[pk].uuid,
            "kind": "application",
            "title": shown.faces[pk].name,
            "url": shown.faces[pk].url,
            "is_forced": pk in shown.mine.forced,
            "badge": shown.mine.badges.get(pk, 0),
        }
        for pk in shown.chosen
    ]
    return {"items": items, "next": None, "total": len(items)}


@router.get("/applications/favourites", response=Listing[FavouriteOut])
def favourites(request: HttpRequest) -> dict[str, Any]:
    """My favourites, in my order."""
    return _listing(request)


@router.put("/applications/favourites", response=Listing[FavouriteOut])
def set_favourites(request: HttpRequest, data: FavouritesIn) -> dict[str, Any]:
    """Exactly these, in this order. What the City or my unit chose firmly stays first; an application that one does not
    see is refused (422), and nothing is changed."""
    found = {
        one.uuid: one for one in Application.objects.visible_to(request.user).published().filter(uuid__in=data.items)
    }
    unknown = [str(one) for one in data.items if one not in found]
    if unknown:
        raise ValidationError({"items": _("There is no such application for you: %(key)s") % {"key": unknown[0]}})
    actions.set_favourites([found[one] for one in data.items], actor=request.user)
    return _listing(request)


@router.put("/applications/{uuid:uuid}/badges", response=BadgesOut, auth=BadgeSignature(), url_name="badges")
def badges(request: HttpRequest, uuid: UUID, data: BadgesIn) -> dict[str, Any]:
    """Say how many things wait for people in an application. Signed with its own key; shown for 24 hours; 0 takes the
    count away. What was signed earlier never replaces what was signed later, so a request may be sent again."""
    key, said = request.auth  # type: ignore[attr-defined]
    unknown = actions.set_badges(key, [Count(one.person, one.count) for one in data.badges], said=said)
    return {"accepted": len({one.person for one in data.badges}) - len(unknown), "unknown": unknown}
