// What the page tells the island, and how the island speaks to the server besides the socket.
import type { Language } from "./words";

export interface Person {
  id: string;
  name: string;
}

export interface BoardPage {
  uuid: string;
  title: string;
  language: Language;
  theme: string;
  may_write: boolean;
  view_only: boolean;
  urls: {
    boards: string;
    duplicate?: string | null;
    history: string;
    /** Where pictures are sent; a picture is read at this address with its id behind. */
    images: string;
    library: string;
    list_csv: string;
    list_txt: string;
    /** Absent where the person may not. */
    save_version?: string | null;
    settings?: string | null;
    sharing?: string | null;
    view_only?: string | null;
    /** The board as a page, with what is said about it. */
    view?: string | null;
  };
  person: Person;
}

/** The board of this page. Raises where the page has none. */
export function readPage(): BoardPage {
  const source = document.getElementById("board-data");
  if (!source?.textContent) throw new Error("The page says nothing of its board.");
  return JSON.parse(source.textContent) as BoardPage;
}

/** A refusal of the server, in its own words where it gives some. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
  ) {
    super(reason || `The server answers ${status}.`);
  }
}

/** Sends a form. Raises `Refused`, or what `fetch` raises when nothing answers. */
export async function post(address: string, form: FormData): Promise<unknown> {
  const token = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
  const answer = await fetch(address, {
    method: "POST",
    body: form,
    headers: { "X-CSRFToken": token, Accept: "application/json" },
    credentials: "same-origin",
  });
  const isJson = answer.headers.get("content-type")?.includes("json");
  const said: unknown = isJson ? await answer.json() : null;
  if (!answer.ok) {
    const detail = said && typeof said === "object" && "detail" in said ? said.detail : "";
    throw new Refused(answer.status, typeof detail === "string" ? detail : "");
  }
  return said;
}
