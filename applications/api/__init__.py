"""Applications in the REST API."""

from ninja import Router

from .access import router as access
from .applications import router as applications
from .service import router as service

router = Router()
for _router in (access, applications, service):
    router.add_router("", _router)
