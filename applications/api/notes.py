"""Links to Notes in the REST API."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from ninja import Field, Router, Schema

from foundation.ui.notes_links import LONGEST_TEXT, NotesLinkError, parse_link

from ..notes_ways import web_host_of

router = Router(tags=["notes"])


class NotesText(Schema):
    """A link in any form: a `notes://` address, the text of an `.ndl` file, a Domino or portal address."""

    text: str = Field(max_length=LONGEST_TEXT)


class NotesLinkOut(Schema):
    """The parts of a link, empty where it does not say; and the same link in each of its forms.

    `portal`: opens it in whatever way works for its reader, or where it has moved to. `web`: empty without a Domino web
    server, `ndl`: empty for a link by path. `special`: mail, contacts, subscriptions or bookmarks of whoever opens it.
    """

    server: str
    replica: str
    path: str
    view: str
    document: str
    command: str
    special: str
    url: str
    portal: str
    web: str
    ndl: str


@router.post("/notes/links", response=NotesLinkOut)
def read_link(request: HttpRequest, data: NotesText) -> dict[str, Any]:
    """Read a link to Notes. Nothing is kept."""
    try:
        link = parse_link(data.text)
    except NotesLinkError as error:
        raise ValidationError({"text": str(error)}) from error
    base = "" if link.is_special else web_host_of(link)
    return {
        **{name: getattr(link, name) for name in ("server", "replica", "path", "view", "document", "command")},
        "special": link.special,
        "url": link.to_url(),
        "portal": request.build_absolute_uri(link.to_portal()),
        "web": link.to_web(base) if base else "",
        "ndl": link.to_ndl() if link.replica and not link.is_special else "",
    }
