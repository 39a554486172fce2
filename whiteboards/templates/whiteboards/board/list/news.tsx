// What others do, said in batches to who works in the list: enough to know, not so much as to cover what one reads.
import { useEffect, useRef, type ReactNode } from "react";
import type { Change } from "../binding";
import { useDesk, type Desk } from "../desk";
import type { Element } from "../elements";
import { itemsOf, type Item } from "../reading";
import { useStore } from "../store";
import { settled } from "../timing";

const QUIET = 1_500;
const LONGEST = 5_000;
const MOST = 3;
const SHORT = 80;

type What = "added" | "changed" | "moved" | "removed";

interface Heard {
  name: string;
  what: What;
  before: Change["before"];
  after: Change["after"];
}

/** What of an element one would tell; the rest is where it lies and how it is drawn. */
function meaningOf(element: Element): string {
  const { originalText = "", name = "" } = element as { originalText?: string; name?: string | null };
  return [originalText, name, element.backgroundColor, element.strokeColor, element.link, element.locked].join("\n");
}

function whatOf({ before, after }: Change): What | null {
  if (!after) return null;
  const isThere = !after.isDeleted;
  if (!before || before.isDeleted) return isThere ? "added" : null;
  if (!isThere) return "removed";
  return meaningOf(before) === meaningOf(after) ? "moved" : "changed";
}

function sentences(desk: Desk, heard: ReadonlyMap<string, Heard>): string[] {
  const { news, added } = desk.words;
  const items = itemsOf(desk.canvas?.api.getSceneElementsIncludingDeleted() ?? []);
  const holders = new Map<string, Item>();
  for (const item of items.values()) if (item.label) holders.set(item.label.id, item);
  // A text that is bound to something is told of with it, once.
  const told = new Map<string, { one: Heard; item: Item | undefined }>();
  for (const [id, one] of heard) {
    const holder = holders.get(id);
    const isBound = one.after?.type === "text" && one.after.containerId;
    const key = holder?.id ?? (isBound && one.after?.type === "text" ? (one.after.containerId ?? id) : id);
    const known = told.get(key);
    const isMore = !known || known.one.what === "moved" || (known.one.what === "changed" && one.what === "added" && key === id);
    if (isMore || key === id) told.set(key, { one: known && known.one.what !== "moved" && key !== id ? known.one : one, item: items.get(key) });
  }
  const people = new Map<string, { one: Heard; item: Item | undefined }[]>();
  for (const each of told.values()) people.set(each.one.name, [...(people.get(each.one.name) ?? []), each]);
  const said: string[] = [];
  for (const [name, all] of people) {
    if (all.length > MOST) {
      said.push(news.many(name, all.length));
      continue;
    }
    for (const { one, item } of all) {
      const gone = item ?? (one.before ? [...itemsOf([one.before]).values()][0] : undefined);
      const kind = gone?.kind ?? (one.after?.type === "text" ? "text" : null);
      if (!kind) continue;
      // Of what is gone, its text went with it.
      const label = [...heard.values()].find((other) => other.before?.type === "text" && other.before.containerId === (one.after ?? one.before)?.id);
      const text = (gone?.text || (label?.before?.type === "text" ? label.before.originalText : "")).replace(/\s+/g, " ");
      said.push(news[one.what](name, added[kind], text.length > SHORT ? `${text.slice(0, SHORT)}…` : text));
    }
  }
  return said;
}

export function News(): ReactNode {
  const desk = useDesk();
  const { isListShown } = useStore(desk.shown);
  const { isReady } = useStore(desk.scene);
  const { here } = useStore(desk.presence.people);
  const heard = useRef(new Map<string, Heard>());
  const since = useRef(0);

  useEffect(() => {
    const binding = desk.canvas?.binding;
    if (!isListShown || !isReady || !binding) return undefined;
    const speak = settled(() => {
      const said = sentences(desk, heard.current);
      heard.current.clear();
      since.current = 0;
      if (said.length) desk.say(`${said.join(". ")}.`);
    }, QUIET);
    const stop = binding.listen((changes) => {
      for (const change of changes) {
        const what = whatOf(change);
        if (!what) continue;
        const known = heard.current.get(change.id);
        const name = change.author?.name ?? desk.words.news.someone;
        // What was added and then moved was added; what was added and removed meanwhile was nothing.
        if (known?.what === "added" && what === "removed") heard.current.delete(change.id);
        else if (known && what !== "removed" && known.what !== "moved") heard.current.set(change.id, { ...known, name, after: change.after });
        else heard.current.set(change.id, { name, what, before: known?.before ?? change.before, after: change.after });
      }
      since.current ||= performance.now();
      if (performance.now() - since.current > LONGEST) speak.flush();
      else speak();
    });
    return () => {
      stop();
      speak.cancel();
      heard.current.clear();
    };
  }, [desk, isListShown, isReady]);

  const before = useRef<Map<string, string> | null>(null);
  useEffect(() => {
    const now = new Map(here.filter((one) => !one.isMe).map((one) => [one.person.id, one.person.name]));
    const was = before.current;
    before.current = now;
    if (!was || !isListShown) return;
    const { news, locale } = desk.words;
    const all = new Intl.ListFormat(locale);
    const joined = [...now].filter(([id]) => !was.has(id)).map(([, name]) => name);
    const left = [...was].filter(([id]) => !now.has(id)).map(([, name]) => name);
    if (joined.length) desk.say((joined.length > 1 ? news.joinedMany : news.joined)(all.format(joined)));
    if (left.length) desk.say((left.length > 1 ? news.leftMany : news.left)(all.format(left)));
  }, [desk, here, isListShown]);
  return null;
}
