// Three pages on one board, without a browser: the binding itself (`board/binding.ts`), documents that speak over lines
// which are slow and break, and canvases that do what Excalidraw does to its elements. In the end all must be the same.
// Called with the path of the project, a first seed and how many; prints the seeds that failed, as JSON.
//
// Time is made here: it jumps from one timer to the next, and a run is over when none is left. So a seed always does the
// same, on a busy machine too, and what ends is at rest and not merely waited for.
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Timers, as pages have them: never early, often a little late, in their order. */
class Clock {
  now = 0;
  #number = 0;
  #waiting = new Map();

  constructor(chance) {
    this.chance = chance;
    globalThis.setTimeout = (what, after = 0) => {
      this.#number += 1;
      this.#waiting.set(this.#number, { at: this.now + Math.max(1, after) + this.chance() * LATE, what });
      return this.#number;
    };
    globalThis.clearTimeout = (number) => this.#waiting.delete(number);
    performance.now = () => this.now;
  }

  /** Until nothing is left to do. False where that does not come. */
  async run() {
    while (this.#waiting.size && this.now < ENDLESS) {
      let [next, timer] = [0, { at: Infinity }];
      for (const [number, one] of this.#waiting) if (one.at < timer.at) [next, timer] = [number, one];
      this.#waiting.delete(next);
      this.now = timer.at;
      timer.what();
      await new Promise(setImmediate);
    }
    return !this.#waiting.size;
  }
}

const [root, first, count] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
registerHooks({
  resolve: (name, context, next) => next(/^\.\.?\/[^.]*$/.test(name) ? `${name}.ts` : name, context),
});
const load = (path) => import(pathToFileURL(join(root, path)).href);
const { Binding } = await load("whiteboards/templates/whiteboards/board/binding.ts");
const Y = await load("frontend/node_modules/yjs/dist/yjs.mjs");

const STEPS = 60;
const LINE = 20;
const LATE = 5;
const REST = 2500;
const ENDLESS = 600_000;
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Chance that is the same for the same seed. */
function chanceOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Canvas {
  scene = [];
  inHand = new Set();
  isReady = false;

  constructor(chance) {
    this.chance = chance;
  }

  elements = () => this.scene;
  background = () => "#ffffff";
  isWhole = () => true;
  held = () => this.inHand;
  showBackground = () => undefined;

  /** As Excalidraw: places in the order that are taken twice are mended, which is a change of one's own. */
  show(elements) {
    this.scene = [...elements];
    let last = "";
    for (const element of this.scene) {
      if (element.index <= last) Object.assign(element, this.newer(element), { index: `${last}V` });
      last = element.index;
    }
    this.binding.changed();
  }

  newer(element) {
    return { version: element.version + 1, versionNonce: Math.floor(this.chance() * 2 ** 31) };
  }

  /** Something a hand does. */
  act() {
    const { chance } = this;
    const kind = chance();
    const one = this.scene[Math.floor(chance() * this.scene.length)];
    if (kind < 0.3 || !one) this.draw();
    // In place, as Excalidraw does: what the document holds must not change with it.
    else if (kind < 0.8) this.move(one);
    else if (kind < 0.92) {
      const other = { ...one, isDeleted: !one.isDeleted, ...this.newer(one) };
      this.scene = this.scene.map((each) => (each === one ? other : each));
    } else this.hold(one);
    this.binding.changed();
  }

  move(one) {
    Object.assign(one, { x: Math.round(this.chance() * 1000) }, this.newer(one));
  }

  hold(one) {
    this.inHand.add(one.id);
    setTimeout(() => this.inHand.delete(one.id), 100);
  }

  draw() {
    const last = this.scene.at(-1)?.index ?? "a0";
    const element = {
      id: `e${Math.floor(this.chance() * 2 ** 40)}`, type: "rectangle", x: 0, y: 0, width: 9, height: 9, angle: 0, opacity: 100, seed: 1,
      strokeColor: "#000000", backgroundColor: "#ffffff", strokeWidth: 1, roughness: 0, groupIds: [], boundElements: null, link: null,
      index: `${last}V`, version: 1, versionNonce: Math.floor(this.chance() * 2 ** 31), isDeleted: false,
    };
    this.scene = [...this.scene, element];
    return element;
  }
}

/** A page and its line to `server`, which can be cut. */
function pageOf(server, chance, number) {
  const doc = new Y.Doc();
  doc.clientID = Math.floor(chance() * 2 ** 32);
  const canvas = new Canvas(chance);
  const binding = new Binding(doc, canvas, { id: `p${number}`, name: `Person ${number}` });
  canvas.binding = binding;
  binding.mayWrite = true;
  const page = { doc, canvas, binding, isOnline: true };
  const send = (to, update, origin) => setTimeout(() => page.isOnline && Y.applyUpdate(to, update, origin), chance() * LINE);
  doc.on("update", (update, origin) => origin !== "line" && page.isOnline && send(server, update, page));
  server.on("update", (update, origin) => origin !== page && page.isOnline && send(doc, update, "line"));
  page.reconnect = () => {
    page.isOnline = true;
    Y.applyUpdate(server, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(server)), page);
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(server, Y.encodeStateVector(doc)), "line");
  };
  binding.start();
  return page;
}

const said = (elements) => JSON.stringify(
  [...elements].filter((one) => !one.isDeleted).map((one) => [one.id, one.x, one.version, one.versionNonce, one.index]).sort(),
);

async function work(pages, chance) {
  for (let step = 0; step < STEPS; step += 1) {
    const page = pages[Math.floor(chance() * pages.length)];
    page.canvas.act();
    if (chance() < 0.06 && page.isOnline) {
      page.isOnline = false;
      setTimeout(page.reconnect, chance() * 200);
    }
    await wait(chance() * 12);
  }
  // The last of all, so that nothing which comes later mends it: one is changed under a hand, one by two hands at once.
  const [a, b, c] = pages.map(({ canvas }) => canvas);
  const [held, common] = [a.draw(), a.draw()];
  a.binding.changed();
  await wait(REST);
  a.hold(held);
  for (const [canvas, { id }] of [[b, held], [b, common], [c, common]]) {
    canvas.move(canvas.scene.find((one) => one.id === id));
    canvas.binding.changed();
  }
}

/** Whether all is the same in the end. */
async function run(seed) {
  const chance = chanceOf(seed);
  const clock = new Clock(chance);
  const server = new Y.Doc();
  const pages = [0, 1, 2].map((number) => pageOf(server, chance, number));
  work(pages, chance);
  const isAtRest = await clock.run();
  for (const { binding } of pages) binding.stop();
  const stored = said(server.getMap("elements").values());
  const orders = pages.map(({ canvas }) => canvas.scene.filter((one) => !one.isDeleted).map((one) => one.id).join());
  return isAtRest && pages.every(({ canvas }) => said(canvas.scene) === stored) && new Set(orders).size === 1;
}

const seeds = Array.from({ length: count }, (_, number) => first + number);
const failed = [];
for (const seed of seeds) if (!(await run(seed))) failed.push(seed);
process.stdout.write(JSON.stringify({ ran: seeds.length, failed }));
