"""The list of subjects, kept by the communications team."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.audiences.policies import require

from ..actions import subjects as actions
from ..forms import SubjectForm
from ..models import Tag


@require_http_methods(["GET", "HEAD", "POST"])
def subjects(request: HttpRequest) -> HttpResponse:
    """All subjects, and one more."""
    require(request.user, "publications.keep_subjects", None)
    form = SubjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_subject(**form.cleaned_data, actor=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The subject was added."))
            return redirect("publications:subjects")
    rows = Tag.objects.visible_to(request.user).with_counts()
    context = {"form": form, "rows": rows}
    return render(request, "publications/subjects.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def subject(request: HttpRequest, slug: str) -> HttpResponse:
    """Rename one."""
    require(request.user, "publications.keep_subjects", None)
    one = get_object_or_404(Tag.objects.visible_to(request.user), slug=slug)
    form = SubjectForm(request.POST or None, initial={"name_fr": one.name_fr, "name_en": one.name_en})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_subject(one, **form.cleaned_data, actor=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The subject was renamed."))
            return redirect("publications:subjects")
    return render(
        request, "publications/subject.html", {"form": form, "subject": one}, status=422 if form.errors else 200
    )


@require_POST
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take one off the list."""
    one = get_object_or_404(Tag.objects.visible_to(request.user), slug=slug)
    try:
        actions.withdraw_subject(one, actor=request.user)
        messages.success(request, _("The subject was withdrawn."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("publications:subjects")
