"""Coming in and going out."""

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ..actions import end_session
from ..forms import SignInForm
from ..models import Session
from ..throttle import Attempt, TooManyFailures, client_address

# Where other systems send people to sign in (`applications.oidc`).
SIGN_ON = "/o/"


def next_address(request: HttpRequest, default: str) -> str:
    """Where to go on: `next` if it stays within the portal, else `default`, an address or the name of one."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    # SECURITY: a link to us must not lead, by way of a sign-in, to somebody else's copy of us. Only a path: anything
    # else would be taken for the name of a view.
    is_safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_safe else resolve_url(default)


@login_not_required
@sensitive_post_parameters("password")
@csrf_protect
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what became of it. 503 when the directory does not answer, 429 after too many failures."""
    address = next_address(request, settings.LOGIN_REDIRECT_URL)
    if request.user.is_authenticated and "again" not in {*request.GET, *request.POST}:
        return redirect(address)
    if request.method != "POST":
        return _page(request, SignInForm(), address)
    form = SignInForm(request.POST)
    try:
        attempt = Attempt(request.POST.get("username", ""), client_address(request))
    except TooManyFailures as refusal:
        # SECURITY: said before any account is looked up, so it says nothing about which exist.
        response = _page(request, form, address, status=429, minutes=refusal.minutes)
        response.headers["Retry-After"] = str(refusal.seconds)
        return response
    if not form.is_valid():
        attempt.forgiven()
        return _page(request, form, address)
    person = authenticate(request, **form.cleaned_data)
    if person is not None:
        attempt.succeeded()
        if person == request.user:
            # Who gives their password again keeps their session: what was begun in it belongs to it.
            user_logged_in.send(sender=type(person), request=request, user=person)
        else:
            login(request, person)
        return _go_on(request, address)
    if getattr(request, "directory_unavailable", False):
        # SECURITY: the emergency account's password is checked here all the same: its failures count in an outage too.
        if not getattr(request, "local_password_refused", False):
            attempt.forgiven()
        response = _page(request, form, address, status=503, unavailable=True)
        response.headers["Retry-After"] = "60"
        return response
    form.add_error(None, _("The user name or the password is not right."))
    return _page(request, form, address)


def _go_on(request: HttpRequest, address: str) -> HttpResponse:
    """To where they were going.

    The single sign-on provider may send them on to another system: after a form that takes a page of its own, since our
    content policy lets no form end elsewhere, and some browsers hold to it across redirects.
    """
    if address.startswith(SIGN_ON):
        return render(request, "directory/signed_in.html", {"next": address})
    return redirect(address)


def _page(
    request: HttpRequest, form: SignInForm, address: str, *, status: int = 200, **context: object
) -> HttpResponse:
    again = request.user.is_authenticated
    context = {"form": form, "next": address, "again": again, **context}
    return render(request, "directory/sign_in.html", context, status=status)


@login_not_required
@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session, on this device only."""
    if request.user.is_authenticated:
        for session in Session.objects.visible_to(request.user).filter(pk=request.session.session_key):
            end_session(session, actor=request.user, everywhere=False)
    logout(request)
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    # SECURITY: "back" shows nothing of theirs to the next person at this machine, and no page keeps anything of theirs.
    # Browsers heed it on secure origins alone: the script of our pages empties what it keeps besides (kept/guard.ts).
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
