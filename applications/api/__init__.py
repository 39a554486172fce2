"""Applications in the REST API."""

from ninja import Router

from .applications import router as applications
from .health import router as health

router = Router()
for _router in (applications, health):
    router.add_router("", _router)
