// Small parts: an icon, a menu, a dialog, a popup.
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";

export function Icon({ name, small = false }: { name: string; small?: boolean }): ReactNode {
  return (
    <svg className={small ? "icon icon--small" : "icon"} aria-hidden="true">
      <use href={`${document.body.dataset.icons ?? ""}#${name}`} />
    </svg>
  );
}

/** Closes when one acts elsewhere. */
function useElsewhere(place: RefObject<HTMLElement | null>, isOpen: boolean, close: () => void): void {
  useEffect(() => {
    if (!isOpen) return undefined;
    const look = (event: Event): void => {
      if (event.target instanceof Node && !place.current?.contains(event.target)) close();
    };
    // Before Excalidraw, which keeps some of them for itself.
    document.addEventListener("pointerdown", look, true);
    document.addEventListener("focusin", look, true);
    return () => {
      document.removeEventListener("pointerdown", look, true);
      document.removeEventListener("focusin", look, true);
    };
  }, [place, isOpen, close]);
}

interface Opener {
  label: string;
  icon: string;
  /** Whether the label is read by everyone, or only where there is no room for it. */
  text?: boolean;
  className?: string;
  align?: "start" | "end";
  children: ReactNode;
}

/** A menu: arrows walk it, Escape closes it and comes back to its button. */
export function Menu({ label, icon, text = false, className = "", align = "end", children }: Opener): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = useRef(() => setOpen(false)).current;
  useElsewhere(place, isOpen, close);
  // Some are for phones alone: what is not there to be seen takes no focus, and the walk would end at it.
  const steps = (): HTMLElement[] =>
    [...(place.current?.querySelectorAll<HTMLElement>("[role^=menuitem]:not([aria-disabled=true])") ?? [])].filter((one) => one.checkVisibility());
  useEffect(() => {
    if (isOpen) steps()[0]?.focus();
  }, [isOpen]);
  const back = (): void => {
    setOpen(false);
    place.current?.querySelector<HTMLElement>("button")?.focus();
  };
  const walk = (event: KeyboardEvent): void => {
    if (!isOpen) return;
    const all = steps();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape") back();
    else if (event.key === "Tab") setOpen(false);
    else if (to !== undefined) all[(to + all.length) % all.length]?.focus();
    if (event.key === "Escape" || to !== undefined) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <div className={`board-menu ${className}`} ref={place} onKeyDown={walk}>
      <button
        type="button"
        className={`button button--quiet ${text ? "" : "button--icon"}`}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        title={text ? undefined : label}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" && !isOpen) {
            event.preventDefault();
            event.stopPropagation();
            setOpen(true);
          }
        }}
      >
        <Icon name={icon} />
        <span className={text ? "board-menu__label" : "visually-hidden"}>{label}</span>
      </button>
      {isOpen && (
        <div
          className={`board-menu__panel board-menu__panel--${align}`}
          role="menu"
          id={id}
          aria-label={label}
          onClick={(event) => {
            if (event.target instanceof Element && event.target.closest("[role^=menuitem]")) back();
          }}
        >
          {children}
        </div>
      )}
    </div>
  );
}

interface Choice {
  icon?: string;
  children: ReactNode;
  onChoose?: () => void;
  href?: string;
  /** The address is a file to keep. */
  isFile?: boolean;
  isChecked?: boolean;
}

export function MenuItem({ icon, children, onChoose, href, isFile = false, isChecked }: Choice): ReactNode {
  const inside = (
    <>
      {icon ? <Icon name={icon} /> : null}
      <span>{children}</span>
      {isChecked ? <span className="board-menu__check"><Icon name="check" small /></span> : null}
    </>
  );
  if (href) {
    return (
      <a className="board-menu__item" role="menuitem" tabIndex={-1} href={href} download={isFile || undefined} onClick={onChoose}>
        {inside}
      </a>
    );
  }
  return (
    <button
      type="button"
      className="board-menu__item"
      role={isChecked === undefined ? "menuitem" : "menuitemcheckbox"}
      aria-checked={isChecked}
      tabIndex={-1}
      onClick={onChoose}
    >
      {inside}
    </button>
  );
}

export function MenuGroup({ label, children }: { label?: string; children: ReactNode }): ReactNode {
  const id = useId();
  return (
    <div className="board-menu__group" role="group" aria-labelledby={label ? id : undefined}>
      {label ? <div className="board-menu__title" id={id} role="presentation">{label}</div> : null}
      {children}
    </div>
  );
}

/** Where one begins in a dialog: what is to be written, or what is chosen. */
const FIRST = "textarea, input[type=search], input[type=text], input:checked";

/** A dialog that holds focus while it is open, and gives it back. */
export function Dialog({ title, close, closeLabel, children, className = "" }: {
  title: string;
  close: () => void;
  closeLabel: string;
  children: ReactNode;
  className?: string;
}): ReactNode {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    // The browser would begin with the button that closes.
    box.current?.querySelector<HTMLElement>(FIRST)?.focus();
    return () => {
      // Closed by the browser (Escape), focus is back before React hears of it, and one may have gone on since.
      if (document.activeElement !== document.body) return;
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      className={`board-dialog ${className}`}
      ref={box}
      aria-labelledby={id}
      onClose={close}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => {
        if (event.target === box.current) close();
      }}
    >
      <div className="board-dialog__box">
        <div className="board-dialog__head">
          <h2 id={id}>{title}</h2>
          <button type="button" className="button button--quiet button--icon" title={closeLabel} onClick={close}>
            <Icon name="x" />
            <span className="visually-hidden">{closeLabel}</span>
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

/** A button and what it opens below: a panel that one may leave with Tab. */
export function Popup({ label, name, button, children, className = "", buttonClassName = "" }: {
  label: string;
  /** What the button is called, where what it shows does not say it. */
  name?: string;
  button: ReactNode;
  children: ReactNode;
  className?: string;
  buttonClassName?: string;
}): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = useRef(() => setOpen(false)).current;
  useElsewhere(place, isOpen, close);
  return (
    <div
      className={`board-menu ${className}`}
      ref={place}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.stopPropagation();
        setOpen(false);
        place.current?.querySelector<HTMLElement>("button")?.focus();
      }}
    >
      <button
        type="button"
        className={`button button--quiet ${buttonClassName}`}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        title={label}
        onClick={() => setOpen(!isOpen)}
      >
        {name ? <span className="visually-hidden">{name}</span> : null}
        {button}
      </button>
      {isOpen && (
        <div className="board-menu__panel board-menu__panel--end" id={id} role="group" aria-label={label}>
          {children}
        </div>
      )}
    </div>
  );
}
