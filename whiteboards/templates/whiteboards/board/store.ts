// A value that components follow: they are drawn again when it changes.
import { useSyncExternalStore } from "react";

export class Store<T extends object> {
  readonly #listeners = new Set<() => void>();

  constructor(public value: T) {}

  /** Changes some of it; nobody hears of what stays the same. */
  set(change: Partial<T>): void {
    const names = Object.keys(change) as (keyof T)[];
    if (names.every((name) => Object.is(this.value[name], change[name]))) return;
    this.value = { ...this.value, ...change };
    for (const listener of [...this.#listeners]) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

export function useStore<T extends object>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, () => store.value);
}
