"""Writing notices: the form, the translator's view, the steps of approval, the desk of the month."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.models import Revision

from foundation.audiences.policies import Refused, ask, require
from foundation.audiences.principals import principal
from foundation.content.cursors import decode, page_of
from foundation.spaces.models import Role

from .. import actions
from ..actions.drafts import addressees
from ..actions.presence import say_present
from ..comparing import compare
from ..errors import Conflict
from ..forms import NoticeForm, TranslationForm
from ..forms.notices import initial_of, texts_of
from ..models import Genre, Notice, Site, Stage
from ..pairs import other_of
from ..policies.notices import step_of
from ..presence import others, saved_since
from ..reading import languages_of
from .notices import found
from .steps import take_step

PAGE = 30
REVISIONS = 100


# -- the form ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new_notice(request: HttpRequest) -> HttpResponse:
    """Begin a notice in one of the sites I write for."""
    sites = Site.objects.of_writer(request.user).with_space().in_name_order()
    if not sites:
        # The rule's own reason, from a site everybody reads: here one has none to write for.
        return render(request, "publications/no_site.html", status=403)
    chosen = next((one for one in sites if one.space.slug == request.GET.get("site")), _nearest(sites, request.user))
    genre = request.GET.get("genre", "")
    initial = {
        "site": chosen,
        "genre": genre if genre in Genre.values else Genre.NOTICE,
        "language": "fr",
        "unit": chosen.unit,
        # A borough speaks to its own people unless it says otherwise.
        "audience": frozenset() if chosen.is_city else frozenset({principal("unit", chosen.unit_id)}),
    }
    form = NoticeForm(request.POST or None, author=request.user, sites=sites, initial=initial)
    if request.method == "POST" and form.is_valid():
        site = form.cleaned_data["site"]
        try:
            notice = actions.start_draft(
                site.space, form.values(), actor=request.user, sending_key=form.cleaned_data["sending_key"]
            )
        except ValidationError as error:
            _add_errors(form, error, form.cleaned_data.get("language") or "fr")
        else:
            return _after_saving(request, notice)
    return _form_page(request, form, None)


def _nearest(sites: Any, person: Any) -> Site:
    """The site of one's own unit, or of the closest above it; the first one writes for otherwise."""
    above = person.unit.ancestor_ids[::-1] if person.unit_id else []
    by_unit = {one.unit_id: one for one in sites}
    return next((by_unit[pk] for pk in above if pk in by_unit), sites[0])


@require_http_methods(["GET", "HEAD", "POST"])
def edit_notice(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write on. What is published stays until the change is approved."""
    notice = found(request, uuid)
    require(request.user, "publications.change_notice", notice)
    draft = _draft(notice)
    initial = initial_of(draft, addressees(draft.audience))
    sites = Site.objects.of_writer(request.user).with_space()
    form = NoticeForm(request.POST or None, author=request.user, sites=sites, notice=draft, initial=initial)
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_draft(
                notice,
                form.values(),
                actor=request.user,
                based_on=form.cleaned_data["based_on"],
                correction=form.correction(),
            )
        except Conflict as conflict:
            form.add_error(None, conflict)
            theirs = conflict.theirs
        except ValidationError as error:
            _add_errors(form, error, draft.language)
        else:
            return _after_saving(request, found(request, uuid))
    return _form_page(request, form, draft, theirs=theirs)


def _draft(notice: Notice) -> Notice:
    draft = notice.draft()
    draft.space = notice.space
    return draft


def _add_errors(form: Any, error: ValidationError, original: str) -> None:
    """Errors of the actions, by field of the model, on the fields of the form."""
    for name, texts in error.message_dict.items() if hasattr(error, "error_dict") else [("__all__", error.messages)]:
        base, is_translated = name.removesuffix("_translated"), name.endswith("_translated")
        field = f"{base}_{other_of(original) if is_translated else original}"
        field = field if field in form.fields else name if name in form.fields else None
        for text in texts:
            form.add_error(field, text)


def _after_saving(request: HttpRequest, notice: Notice) -> HttpResponse:
    """Files, then what the pressed button asks for."""
    for upload in request.FILES.getlist("files"):
        try:
            actions.attach_files(notice, [upload], actor=request.user)
        except ValidationError as error:
            messages.error(request, f"{upload.name}\u00a0: {' '.join(error.messages)}")
        except Refused as refusal:
            # What was written is saved; the files alone are refused.
            messages.error(request, f"{upload.name}\u00a0: {refusal.reason}")
    wish = request.POST.get("then", "")
    if wish in ("submit", "publish"):
        return take_step(request, notice, wish)
    messages.success(request, _("The draft is saved."))
    if wish == "stay":
        return redirect("publications:edit", uuid=notice.uuid)
    return redirect(notice)


def _form_page(
    request: HttpRequest, form: NoticeForm, draft: Notice | None, *, theirs: Revision | None = None
) -> HttpResponse:
    mine = None
    if theirs is not None and draft is not None:
        language = draft.language
        mine = {name: form.data.get(f"{name}_{language}", "") for name in ("title", "summary", "body")}
    context = {
        "form": form,
        "notice": draft,
        "is_public": bool(draft and draft.is_public),
        "languages": languages_of(draft) if draft else [],
        "missing": draft.missing() if draft and (draft.has_unpublished_changes or not draft.is_public) else [],
        "attachments": draft.attachments.of_page(draft) if draft else [],
        "can_publish": bool(draft and ask(request.user, "publications.publish", draft)),
        # What is saved by the same button can be approved.
        "can_submit": draft is None or step_of(draft) is None,
        "others": others(draft, request.user) if draft else [],
        "conflict": compare(mine, theirs.as_object().original) if theirs and mine else None,
        "conflict_by": theirs.user.name if theirs and theirs.user else "",
        "theirs": theirs,
    }
    return render(request, "publications/notice_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def translate(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The translator's view: the original beside the translation, with what changed since the last one."""
    notice = found(request, uuid)
    require(request.user, "publications.change_notice", notice)
    draft = _draft(notice)
    initial = {**texts_of(draft), "based_on": draft.latest_revision_id}
    form = TranslationForm(request.POST or None, notice=draft, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            values = form.translation(draft.other_language)
            actions.save_draft(notice, values, actor=request.user, based_on=form.cleaned_data["based_on"])
        except ValidationError as error:
            _add_errors(form, error, draft.language)
        else:
            messages.success(request, _("The translation is saved."))
            return redirect(notice)
    since = compare(draft.translated_from, draft.original) if draft.translated_from else []
    context = {
        "form": form,
        "notice": draft,
        "original": draft.original,
        "differences": [one for one in since if one.has_changed],
        "languages": languages_of(draft),
        "others": others(draft, request.user),
    }
    return render(request, "publications/translate.html", context, status=422 if form.errors else 200)


@require_POST
def presence(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The open form says so, and hears who else is there and whether somebody saved."""
    notice = found(request, uuid)
    say_present(notice, actor=request.user, is_writing=request.POST.get("writing") == "1")
    base = request.POST.get("based_on", "")
    revision = int(base) if base.isascii() and base.isdecimal() and len(base) < 18 else 0
    context = {"others": others(notice, request.user), "saved": saved_since(notice, revision, request.user)}
    return render(request, "publications/_presence.html", {**context, "notice": notice})


# -- looking before publishing ----------------------------------------------------------------------------------------


@require_safe
def preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The draft as its readers will see it: in either language, on a wide screen or a phone."""
    notice = found(request, uuid)
    require(request.user, "publications.change_notice", notice)
    draft = _draft(notice)
    language = request.GET.get("language", get_language() or "fr")
    language = language if language in ("fr", "en") else "fr"
    text = draft.text_in(language)
    context = {
        "notice": draft,
        "language": language,
        "text": text,
        "is_empty": not text["title"],
        "is_phone": request.GET.get("on") == "phone",
        "languages": languages_of(draft),
        "attachments": draft.attachments.of_page(draft),
    }
    return render(request, "publications/preview.html", context)


@require_safe
def history(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Every version, who saved it, and two of them compared."""
    notice = found(request, uuid)
    require(request.user, "publications.history", notice)
    revisions = list(
        notice.revisions.select_related("user").defer("content").order_by("-created_at", "-pk")[:REVISIONS]
    )
    old, new = (_revision(notice, request.GET.get(name, "")) for name in ("from", "to"))
    compared = []
    if old and new:
        before, after = old.as_object(), new.as_object()
        for language in ("fr", "en"):
            changes = [one for one in compare(before.text_in(language), after.text_in(language)) if one.has_changed]
            compared.append({"language": language, "changes": changes})
    steps = list(notice.workflow_states.select_related("requested_by").order_by("-created_at")[:20])
    context = {
        "notice": notice,
        "revisions": revisions,
        "old": old,
        "new": new,
        "compared": compared,
        "steps": steps,
        "comments": actions.comments_of(notice),
    }
    return render(request, "publications/history.html", context)


def _revision(notice: Notice, text: str) -> Revision | None:
    """SECURITY: a revision of this very notice, or none."""
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        return None
    return notice.revisions.select_related("user").filter(pk=int(text)).first()


# -- the desk ---------------------------------------------------------------------------------------------------------

LISTS = ("mine", "review", "scheduled", "published", "ended")


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What I write, what waits for me, what is scheduled, what is published, of the sites I write for."""
    sites = list(Site.objects.of_writer(request.user).with_space().in_name_order())
    if not sites:
        return render(request, "publications/no_site.html", status=403)
    chosen = request.GET.get("list", "")
    waiting = list(Notice.objects.waiting_for(request.user).with_desk_row())
    chosen = chosen if chosen in LISTS else "review" if waiting else "mine"
    rows: Any = Notice.objects.editable_by(request.user).with_desk_row().not_trashed()
    if chosen == "review":
        page = page_of(waiting, PAGE)
    else:
        lists = {
            "mine": rows.drafted().of_author(request.user),
            "scheduled": rows.in_stage(Stage.SCHEDULED),
            "published": rows.in_stage(Stage.PUBLISHED),
            "ended": rows.in_stage(Stage.EXPIRED, Stage.ARCHIVED),
        }
        page = page_of(lists[chosen].before(decode(request.GET.get("before"))).newest_first(), PAGE)
    edits = Site.objects.of_writer(request.user, Role.EDITOR).exists()
    drafts = (
        rows.drafted().exclude(author_id=request.user.pk).newest_first()[:PAGE] if edits and chosen == "mine" else []
    )
    context = {
        "page": page,
        "list": chosen,
        "sites": sites,
        "waiting": len(waiting),
        "others": drafts,
        "edits": edits,
        "keeps_subjects": edits and ask(request.user, "publications.keep_subjects", None),
    }
    return render(request, "publications/desk.html", context)
