"""Taking a register out of the portal."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from foundation.activity.actions import record
from foundation.audiences.policies import require

from ..activities import EXPORTED
from ..models import Request
from ..pdf import pdf_pieces
from ..registers import csv_lines

FORMATS = ("csv", "pdf")


@transaction.atomic
def export_register(request_of: Request, form: str, *, actor: Any) -> Iterator[str] | Iterator[bytes]:
    """The pieces of the register as a file, in the actor's language. Recorded before the first is made: personal
    information leaves the portal. Raises Refused; ValueError for an unknown format."""
    content = request_of.content
    require(actor, "acknowledgements.read_register", content)
    if form not in FORMATS:
        raise ValueError(form)
    record(EXPORTED, content, actor=actor, data={"request": request_of.pk, "format": form})
    return csv_lines(request_of, actor.language) if form == "csv" else pdf_pieces(request_of, actor)
