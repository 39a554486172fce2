"""Pictures on boards: sent by the canvas, read by it."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.audiences.policies import Refused
from foundation.files.models import Attachment
from foundation.files.views import attachment

from .. import actions
from .finding import board_of, problem

# By code of the mistake; what is wrong otherwise (an empty file) is 422.
STATUS = {"size": 413, "type": 415}


@require_POST
def pictures(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Takes a picture in: the field `file` of a form. Answers its key, address and name, or why not."""
    found = board_of(request, uuid)
    upload = request.FILES.get("file")
    if upload is None:
        return problem(422, _("Choose a picture."))
    try:
        taken = actions.attach_picture(found, upload, actor=request.user)
    except Refused as refused:
        return problem(403, refused.reason)
    except ValidationError as error:
        code = error.error_dict["file"][0].code if hasattr(error, "error_dict") else ""
        return problem(STATUS.get(code or "", 422), " ".join(error.messages))
    url = reverse("whiteboards:image", args=[found.uuid, taken.uuid])
    return JsonResponse({"id": str(taken.uuid), "url": url, "name": taken.name}, status=201)


@require_safe
def picture(request: HttpRequest, uuid: UUID, image: UUID) -> HttpResponseBase:
    """One picture of a board, as every file is served.

    SECURITY: of this board, which the reader sees; and proved to be a picture.
    """
    rows = Attachment.objects.visible_to(request.user).filter(content__uuid=uuid, content__kind="board", is_image=True)
    found = get_object_or_404(rows, uuid=image)
    return attachment(request, uuid=found.uuid, name=found.name)
