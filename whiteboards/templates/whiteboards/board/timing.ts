// Doing things less often than they are asked for.

export interface Paced {
  (): void;
  /** Does at once what waits. */
  flush(): void;
  cancel(): void;
}

/** At most once every so many milliseconds: at once the first time, and never forgetting the last. */
export function paced(run: () => void, every: number): Paced {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let last = -Infinity;
  const fire = (): void => {
    timer = null;
    last = performance.now();
    run();
  };
  const ask = (): void => {
    timer ??= setTimeout(fire, Math.max(0, last + every - performance.now()));
  };
  const cancel = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const flush = (): void => {
    if (timer === null) return;
    cancel();
    fire();
  };
  return Object.assign(ask, { flush, cancel });
}

/** Once, so many milliseconds after it was asked for the last time. */
export function settled(run: () => void, after: number): Paced {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const cancel = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const fire = (): void => {
    timer = null;
    run();
  };
  const ask = (): void => {
    cancel();
    timer = setTimeout(fire, after);
  };
  const flush = (): void => {
    if (timer === null) return;
    cancel();
    run();
  };
  return Object.assign(ask, { flush, cancel });
}
