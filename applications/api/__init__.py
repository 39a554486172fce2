"""Applications in the REST API."""

from ninja import Router

from .access import router as access
from .applications import router as applications
from .health import router as health
from .mailboxes import router as mailboxes
from .notes import router as notes

router = Router()
for _router in (access, applications, health, mailboxes, notes):
    router.add_router("", _router)
