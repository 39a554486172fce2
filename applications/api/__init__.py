"""Applications in the REST API."""

from ninja import Router

from .access import router as access
from .applications import router as applications

router = Router()
for _router in (access, applications):
    router.add_router("", _router)
