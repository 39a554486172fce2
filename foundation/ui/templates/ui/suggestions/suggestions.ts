// A text box that suggests while one types: an ARIA combobox over a list whose options the server draws.
// The box keeps focus; arrows move through the options, Enter takes one, Escape closes the list.
const PAUSE = 120;

interface Settings {
  box: HTMLInputElement;
  list: HTMLElement;
  /** Where it is said, for who does not see the list, how many there are. */
  status: HTMLElement | null;
  url: string;
  /** What to do with the option that was taken. */
  take: (option: HTMLElement) => void;
  /** What is asked besides `q`; with it something is suggested before anything is typed. */
  besides?: (words: string) => Record<string, string>;
}

export class Suggestions {
  private readonly parts: Settings;
  private timer = 0;
  private asked: AbortController | null = null;
  private shown: string | null = null;

  constructor(parts: Settings) {
    this.parts = parts;
    const { box, list } = parts;
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-expanded", "false");
    box.setAttribute("aria-controls", list.id);
    box.addEventListener("input", () => this.wait());
    box.addEventListener("focus", () => this.wait());
    box.addEventListener("blur", () => this.close());
    box.addEventListener("keydown", (event) => this.press(event));
    // Pressing an option must not take focus from the box, which would close the list under the pointer.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = (event.target as HTMLElement).closest<HTMLElement>("[role=option]");
      // A link opens by itself, in a new tab too.
      if (option && !(option instanceof HTMLAnchorElement)) parts.take(option);
    });
  }

  close(): void {
    window.clearTimeout(this.timer);
    this.asked?.abort();
    this.asked = null;
    this.parts.list.hidden = true;
    this.parts.box.setAttribute("aria-expanded", "false");
    this.mark(null);
  }

  private get options(): HTMLElement[] {
    return [...this.parts.list.querySelectorAll<HTMLElement>("[role=option]")];
  }

  private get marked(): HTMLElement | null {
    return this.parts.list.querySelector<HTMLElement>("[aria-selected=true]");
  }

  private wait(): void {
    window.clearTimeout(this.timer);
    const words = this.parts.box.value.trim();
    if (!words && !Object.keys(this.parts.besides?.("") ?? {}).length) {
      this.close();
      return;
    }
    this.timer = window.setTimeout(() => void this.ask(words), PAUSE);
  }

  /** An answer that comes after a later question is never shown: its question was called off. */
  private async ask(words: string): Promise<void> {
    this.asked?.abort();
    const asking = new AbortController();
    this.asked = asking;
    const url = new URL(this.parts.url, location.href);
    url.searchParams.set("q", words);
    for (const [name, value] of Object.entries(this.parts.besides?.(words) ?? {})) url.searchParams.set(name, value);
    try {
      if (words !== this.shown) {
        const answer = await fetch(url, { signal: asking.signal });
        // A session that ended leads to the sign-in page, which is no list.
        if (!answer.ok || answer.redirected) return;
        const html = await answer.text();
        if (asking.signal.aborted) return;
        this.parts.list.innerHTML = html;
        // Which question it answers.
        this.parts.list.dataset.words = words;
        this.shown = words;
      }
      this.open();
    } catch (error) {
      // Without a line there are no suggestions, and Enter still searches.
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    }
  }

  private open(): void {
    const { box, list, status } = this.parts;
    if (document.activeElement !== box) return;
    const options = this.options;
    for (const [number, option] of options.entries()) option.id = `${list.id}-${number}`;
    this.mark(null);
    list.hidden = list.childElementCount === 0;
    box.setAttribute("aria-expanded", String(!list.hidden && options.length > 0));
    const people = options.filter((one) => !one.matches(".suggestion--all")).length;
    const words = people === 1 ? list.dataset.one : people ? list.dataset.many : list.dataset.none;
    if (status) status.textContent = (words ?? "").replace("#", String(people));
  }

  private mark(option: HTMLElement | null): void {
    for (const one of this.options) one.setAttribute("aria-selected", String(one === option));
    if (option) {
      this.parts.box.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.parts.box.removeAttribute("aria-activedescendant");
    }
  }

  private press(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const { list } = this.parts;
    const options = this.options;
    if (event.key === "Escape" && !list.hidden) {
      // The first Escape closes the list, the next one what holds it.
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length > 0) {
      event.preventDefault();
      if (list.hidden) {
        this.open();
        return;
      }
      const here = this.marked ? options.indexOf(this.marked) : -1;
      // Before the first and after the last stands the box itself.
      const next = here + (event.key === "ArrowDown" ? 1 : here < 0 ? options.length : -1);
      this.mark(options[next] ?? null);
    } else if (event.key === "Enter" && this.marked && !list.hidden) {
      event.preventDefault();
      const option = this.marked;
      if (option instanceof HTMLAnchorElement) option.click();
      else this.parts.take(option);
    }
  }
}
