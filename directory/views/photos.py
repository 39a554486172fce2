"""Photos of people, at the sizes pages ask for."""

from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from ..models import Person
from ..photos import SIZES, NotAPicture, path_of
from ..privacy import shown_to

YEAR = 365 * 24 * 3600


@require_safe
def photo(request: HttpRequest, uuid: UUID, size: int, digest: str) -> HttpResponseBase:
    """The photo others see, or one's own pictures. `digest` begins its sha256: an old address shows nothing."""
    person = get_object_or_404(Person.objects.visible_to(request.user), uuid=uuid)
    # SECURITY: the picture of today, for who may see it today; never one taken down, however its address was learnt.
    found = {person.photo_id} if "photo" in shown_to(request.user, person) else set()
    if person.pk == request.user.pk:
        found |= {person.own_photo_id, person.ldap_photo_id}
    sha256 = next((one for one in found if one and one[:16] == digest), None)
    if sha256 is None or size not in SIZES:
        raise Http404
    etag = f'"{digest}-{size}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = _picture(sha256, size)
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, max_age=YEAR, immutable=True)
    return response


def _picture(sha256: str, size: int) -> HttpResponse:
    try:
        path = path_of(sha256, size)
    except NotAPicture as error:
        raise Http404 from error
    if settings.FILES_ACCEL_LOCATION:
        response = HttpResponse(headers={"X-Accel-Redirect": settings.FILES_ACCEL_LOCATION + quote(path)})
    else:
        # A few kilobytes: nothing to stream.
        with default_storage.open(path, "rb") as file:
            response = HttpResponse(file.read())
    response.headers["Content-Type"] = "image/webp"
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
