"""Files are served here and nowhere else, after the permission check."""

from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.views.decorators.http import condition, require_POST, require_safe

from foundation.content.models import Content

from . import actions
from .models import Attachment

# How the media types end of what a browser runs or applies.
ACTIVE = ("script", "css", "html", "xml", "wasm", "manifest+json")


def _etag(request: HttpRequest, uuid: UUID, name: str) -> str | None:
    found = Attachment.objects.visible_to(request.user).filter(uuid=uuid).values_list("blob_id", flat=True).first()
    return f'"{found}"' if found else None


@require_safe
@condition(etag_func=_etag)
def attachment(request: HttpRequest, uuid: UUID, name: str) -> HttpResponseBase:
    """One attachment, streamed: the memory it takes does not depend on its size."""
    found = get_object_or_404(Attachment.objects.visible_to(request.user).select_related("blob"), uuid=uuid)
    response: HttpResponseBase
    if settings.FILES_ACCEL_LOCATION:
        response = HttpResponse(headers={"X-Accel-Redirect": settings.FILES_ACCEL_LOCATION + quote(found.blob.path)})
    else:
        response = FileResponse(default_storage.open(found.blob.path, "rb"))
        response.headers["Content-Length"] = str(found.blob.size)
    # SECURITY: by our own address a page could otherwise load somebody's file as its script or style.
    is_active = found.media_type.endswith(ACTIVE)
    response.headers["Content-Type"] = "application/octet-stream" if is_active else found.media_type
    # SECURITY: only verified pictures are shown in place; anything else is saved, and runs nothing if opened here.
    response.headers["Content-Disposition"] = content_disposition_header(not found.is_image, found.name) or "attachment"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_POST
def add(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Attach files to a content. Each that cannot be taken says why; the others are kept."""
    content = get_object_or_404(Content.objects.visible_to(request.user).select_related("space"), uuid=uuid)
    for upload in request.FILES.getlist("files"):
        try:
            actions.attach(content, upload, actor=request.user)
        except ValidationError as error:
            messages.error(request, f"{upload.name}\u00a0: {' '.join(error.messages)}")
    return redirect(content.get_absolute_url())


@require_POST
def remove(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Take a file off its content."""
    found = Attachment.objects.visible_to(request.user).select_related("content__space")
    attached = get_object_or_404(found, uuid=uuid)
    actions.detach(attached, actor=request.user)
    return redirect(attached.content.get_absolute_url())
