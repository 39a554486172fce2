"""Applications in the REST API."""

from ninja import Router

from .applications import router as applications

router = Router()
for _router in (applications,):
    router.add_router("", _router)
