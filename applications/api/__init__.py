"""Applications in the REST API."""

from ninja import Router

from .applications import router as applications
from .mailboxes import router as mailboxes

router = Router()
for _router in (applications, mailboxes):
    router.add_router("", _router)
