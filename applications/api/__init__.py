"""Applications in the REST API."""

from ninja import Router

from .applications import router as applications
from .notes import router as notes

router = Router()
for _router in (applications, notes):
    router.add_router("", _router)
