"""Applications in the REST API."""

from ninja import Router

from .access import router as access
from .applications import router as applications
from .health import router as health

router = Router()
for _router in (access, applications, health):
    router.add_router("", _router)
