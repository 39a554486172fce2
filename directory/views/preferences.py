"""One's own settings: language, theme, open sessions, personal tokens."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import actions
from ..browsers import browser_name, is_phone
from ..forms import TokenForm
from ..models import Person, PersonalToken, Session
from .sign_in import next_address

YEAR = 365 * 24 * 3600


@require_safe
def preferences(request: HttpRequest) -> HttpResponse:
    """Language and theme, and the way to the rest."""
    context = {"languages": [("fr", "Français"), ("en", "English")], "themes": Person.Theme.choices}
    return render(request, "directory/settings.html", context)


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language and stay on the page. Who is not signed in keeps the choice in a cookie."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        actions.set_language(language, actor=request.user)
        translation.activate(language)
    response = redirect(next_address(request, settings.LOGIN_REDIRECT_URL))
    # Also for the signed-in, so that the sign-in page greets them in their language next time.
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Change the theme and stay on the page."""
    theme = request.POST.get("theme", "")
    if theme not in Person.Theme.values:
        return HttpResponseBadRequest()
    actions.set_theme(theme, actor=request.user)
    return redirect(next_address(request, "directory:settings"))


@require_POST
def set_presence(request: HttpRequest) -> HttpResponse:
    """Whether others see which pages one has open."""
    actions.set_invisible("invisible" in request.POST, actor=request.user)
    if request.user.is_invisible:
        messages.success(request, _("Others no longer see what you have open."))
    else:
        messages.success(request, _("Others see when you have the same page open."))
    return redirect("directory:settings")


@require_safe
@never_cache
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    rows = [
        {
            "handle": session.handle,
            "browser": browser_name(session.browser),
            "is_phone": is_phone(session.browser),
            "address": session.address,
            "since": session.created,
            "is_current": session.pk == request.session.session_key,
        }
        for session in Session.objects.visible_to(request.user)
    ]
    rows.sort(key=lambda row: not row["is_current"])
    return render(request, "directory/sessions.html", {"sessions": rows})


@require_POST
def end_session(request: HttpRequest, handle: str) -> HttpResponse:
    """End one of one's sessions; the present one is a sign-out."""
    for session in Session.objects.visible_to(request.user):
        if session.handle == handle:
            actions.end_session(session, actor=request.user)
            if session.pk == request.session.session_key:
                request.session.flush()
                return redirect(settings.LOGOUT_REDIRECT_URL)
            messages.success(request, _("That session has ended."))
            return redirect("directory:sessions")
    raise Http404


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Stay signed in here and nowhere else."""
    ended = actions.end_sessions(request.user, keep=request.session.session_key)
    messages.success(
        request,
        ngettext("%(count)d other session has ended.", "%(count)d other sessions have ended.", ended)
        % {"count": ended},
    )
    return redirect("directory:sessions")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """One's tokens. A new one is shown in the answer to its making, and never again."""
    secret = ""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _token, secret = actions.create_token(
            form.cleaned_data["name"], actor=request.user, scope=form.cleaned_data["scope"], expires=form.expires
        )
        form = TokenForm()
    rows = PersonalToken.objects.visible_to(request.user)
    return render(request, "directory/tokens.html", {"tokens": rows, "form": form, "secret": secret})


@require_POST
def revoke_token(request: HttpRequest, uuid: str) -> HttpResponse:
    """Withdraw a token: programs that use it are refused at once."""
    token = get_object_or_404(PersonalToken.objects.visible_to(request.user), uuid=uuid)
    actions.revoke_token(token, actor=request.user)
    messages.success(request, _("The token “%(name)s” has been revoked.") % {"name": token.name})
    return redirect("directory:tokens")
