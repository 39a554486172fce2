// htmx, kept within the content policy, with our tokens, failures and lost sessions handled in one place.
import htmx from "htmx.org";
import { showToast, words } from "../../foundation/ui/templates/ui/toast/toast";

// SECURITY: no eval, no scripts from fragments, our own host only.
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
htmx.config.includeIndicatorStyles = false;
// SECURITY: pages are not kept in the browser's storage, where they would outlive the session.
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;
htmx.config.scrollBehavior = "auto";
htmx.config.timeout = 30_000;
// What arrives works at once: before it settles, a button would send its form as if there were no script.
htmx.config.defaultSettleDelay = 0;
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  // A refused form comes back with its errors.
  { code: "422", swap: true },
  { code: "[45]..", swap: false, error: true },
];

interface Exchange {
  xhr: XMLHttpRequest;
  shouldSwap: boolean;
  requestConfig: { headers: Record<string, string> };
}

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content;
  const { headers } = (event as CustomEvent<{ headers: Record<string, string> }>).detail;
  if (token) headers["X-CSRFToken"] = token;
});

/** A whole page without a signed-in frame, in place of a fragment: the session has ended. */
function isSignedOut(xhr: XMLHttpRequest): boolean {
  const text = xhr.responseText;
  return /<body[\s>]/i.test(text) && !text.includes("data-socket=");
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = (event as CustomEvent<Exchange>).detail;
  if (!document.body.dataset.socket || !detail.shouldSwap || !isSignedOut(detail.xhr)) return;
  detail.shouldSwap = false;
  showToast({ text: words("signedOut"), url: detail.xhr.responseURL, linkText: words("signIn"), alert: true });
});

document.addEventListener("htmx:responseError", (event) => {
  const { status } = (event as CustomEvent<Exchange>).detail.xhr;
  if (status === 401) showToast({ text: words("signedOut"), url: "/", linkText: words("signIn"), alert: true });
  else showToast({ text: words(status < 500 ? "refused" : "failed"), alert: true });
});

for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => showToast({ text: words("offline"), icon: "wifi-off", alert: true }));
}
