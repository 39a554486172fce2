"""Applications in the REST API."""

from ninja import Router

from .applications import router as applications
from .launcher import router as launcher

router = Router()
# The launcher's first: "favourites" is no key of an application.
for _router in (launcher, applications):
    router.add_router("", _router)
