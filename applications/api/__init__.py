"""Applications in the REST API."""

from ninja import Router

from .access import router as access
from .applications import router as applications
from .health import router as health
from .notes import router as notes

router = Router()
for _router in (access, applications, health, notes):
    router.add_router("", _router)
