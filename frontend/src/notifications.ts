// The open line to the server: counts, toasts, sign-out. A lost line is found again without a word.
import { showToast, words } from "../../foundation/ui/templates/ui/toast/toast";

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;
// A line must hold this long before a loss counts as the first.
const STEADY = 10_000;

interface Item {
  id: string;
  text: string;
  url: string;
  icon: string;
}

type Message =
  | { type: "notification"; unread: number; item: Item }
  | { type: "unread"; unread: number }
  | { type: "signed_out" };

const address = document.body.dataset.socket;
let socket: WebSocket | null = null;
let failures = 0;
let timer = 0;
let steady = 0;
let ended = false;
let wasConnected = false;

function showUnread(unread: number): void {
  for (const badge of document.querySelectorAll<HTMLElement>("[data-unread]")) {
    badge.textContent = unread > 99 ? "99+" : String(unread);
    badge.hidden = unread === 0;
  }
  for (const label of document.querySelectorAll<HTMLElement>("[data-unread-label]")) label.hidden = unread === 0;
  const title = document.title.replace(/^\(\d+\+?\) /, "");
  document.title = unread > 0 ? `(${unread > 99 ? "99+" : unread}) ${title}` : title;
}

function receive(message: Message): void {
  if (message.type === "signed_out") {
    leave();
    return;
  }
  if (message.type !== "notification" && message.type !== "unread") {
    // A topic: whoever shows it listens.
    document.dispatchEvent(new CustomEvent(`parvis:${String((message as { type: string }).type)}`, { detail: message }));
    return;
  }
  showUnread(message.unread);
  if (message.type === "notification") {
    const { text, url, icon } = message.item;
    showToast({ text, url, icon: icon || "bell" });
    document.dispatchEvent(new CustomEvent("parvis:notification", { detail: message }));
  }
}

/** Whether something was typed here that a new page would lose. */
function isWriting(): boolean {
  return [...document.querySelectorAll<HTMLTextAreaElement>("textarea")].some((area) => area.value !== area.defaultValue);
}

/** The session has ended elsewhere: the page goes, unless a text that was not sent would go with it. */
function leave(): void {
  // Signed out from this very page: the answer to its form is on its way.
  if (ended) return;
  ended = true;
  // What is on the screen may be kept by who shows it, and says how to go on (a board).
  if (!document.dispatchEvent(new CustomEvent("parvis:signed_out", { cancelable: true }))) return;
  if (isWriting()) showToast({ text: words("signedOut"), url: "/", linkText: words("signIn"), alert: true });
  else location.reload();
}

function connect(): void {
  window.clearTimeout(timer);
  timer = 0;
  if (!address || ended || (socket && socket.readyState <= WebSocket.OPEN)) return;
  const url = new URL(address, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const line = new WebSocket(url);
  socket = line;
  line.addEventListener("open", () => {
    steady = window.setTimeout(() => (failures = 0), STEADY);
    if (wasConnected) document.dispatchEvent(new CustomEvent("parvis:reconnected"));
    wasConnected = true;
  });
  line.addEventListener("message", (event: MessageEvent<string>) => {
    document.body.dataset.line = "open";
    try {
      receive(JSON.parse(event.data) as Message);
    } catch {
      // A newer server may say things this page does not know yet.
    }
  });
  line.addEventListener("close", () => {
    window.clearTimeout(steady);
    delete document.body.dataset.line;
    if (socket === line) socket = null;
    retryLater();
  });
}

function retryLater(): void {
  if (timer || ended || document.visibilityState === "hidden" && failures > 6) return;
  const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures);
  failures += 1;
  // Jitter: after a restart, 28,000 browsers must not come back in the same second.
  timer = window.setTimeout(connect, longest / 2 + Math.random() * (longest / 2));
}

if (address) {
  connect();
  document.addEventListener("submit", (event) => {
    const action = event.submitter?.getAttribute("formaction") ?? (event.target as HTMLFormElement).getAttribute("action");
    if (action?.endsWith("/sign-out/")) ended = true;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") connect();
  });
  window.addEventListener("online", connect);
  // A page kept by the browser comes back without its line.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) connect();
  });
}
