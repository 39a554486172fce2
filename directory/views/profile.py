"""What is one's own to say: photo, preferred name, languages, skills, working days, and who reads it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.ui.forms import blame

from .. import actions
from ..forms import PhotoForm, ProfileForm, draft_of, initial_of, with_change
from ..models import Person, Skill

# Enough to choose from, few enough to load.
SUGGESTIONS = 100


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The form; with `change`, the same form with one row more or less, nothing kept yet."""
    person: Any = request.user
    suggestions = _suggestions(person)
    if request.method != "POST":
        return _page(request, ProfileForm(person=person, suggestions=suggestions, initial=initial_of(person)))
    form = ProfileForm(request.POST, person=person, suggestions=suggestions)
    change = request.POST.get("change", "")
    if change:
        draft = with_change(draft_of(request.POST, form), change)
        return _page(request, ProfileForm(person=person, suggestions=suggestions, initial=draft), is_draft=True)
    if form.is_valid():
        try:
            changed = actions.change_profile(person, actor=person, **form.values)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("Your profile was changed.") if changed else _("Nothing was to be changed."))
            return redirect("directory:profile")
    return _page(request, form, status=422)


def _suggestions(person: Any) -> list[str]:
    """The skills most people have said."""
    return [one.name for one in Skill.objects.visible_to(person).most_common()[:SUGGESTIONS]]


def _page(
    request: HttpRequest,
    form: ProfileForm,
    *,
    photo_form: PhotoForm | None = None,
    is_draft: bool = False,
    status: int = 200,
) -> HttpResponse:
    person: Any = request.user
    picture = person.own_photo_id or person.ldap_photo_id
    context = {
        "form": form,
        "photo_form": photo_form or PhotoForm(),
        "picture": person.picture_address(picture, 384),
        "is_picture_hidden": bool(picture) and person.photo_id is None,
        "is_draft": is_draft,
        "contact": settings.DIRECTORY_CONTACT,
    }
    return render(request, "directory/profile.html", context, status=status)


@require_POST
def set_photo(request: HttpRequest) -> HttpResponse:
    """Show the picture that was sent."""
    person: Any = request.user
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.set_photo(person, form.cleaned_data["photo"], actor=person)
        except ValidationError as error:
            form.add_error("photo", error.messages)
        else:
            messages.success(request, _("This is your photo from now on."))
            return redirect("directory:profile")
    profile_form = ProfileForm(person=person, suggestions=_suggestions(person), initial=initial_of(person))
    return _page(request, profile_form, photo_form=form, status=422)


@require_POST
def remove_photo(request: HttpRequest) -> HttpResponse:
    """Take one's own photo away."""
    actions.remove_photo(request.user, actor=request.user)
    messages.success(request, _("Your photo was removed."))
    return redirect("directory:profile")


@require_POST
def take_down_photo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Somebody else's photo that offends; for administrators."""
    person = get_object_or_404(Person.objects.visible_to(request.user), uuid=uuid)
    actions.remove_photo(person, actor=request.user)
    messages.success(request, _("The photo was removed."))
    return redirect(person)
