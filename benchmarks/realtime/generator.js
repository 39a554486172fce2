// The load of `make bench ARGS=rooms`: reads one command a line, as JSON, and answers with figures, a line each.
//
// One process for all clients, the same for every server. What the server spends meanwhile is read by who commands.

import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import * as Y from 'yjs'

import { rectangle } from './changes.js'
import { LightClient, Room, WholeClient, counted } from './clients.js'

const rooms = new Map()
let server
let clients = []

/** The server's process at `url`, else its first. */
const at = url => ({ ...server, url: url ?? server.url })

const roomOf = name => rooms.get(name) ?? rooms.set(name, new Room(name)).get(name)

/** The same phases for every server: a small generator with a seed (mulberry32). */
function random (seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const share = (sorted, part) => sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] : null

/** What happens in `work`, in figures; `expected` deliveries are waited for, `seconds` at most. */
async function measured (seconds, work) {
  for (const one of clients) {
    one.delays = []
    one.gaps = 0
  }
  const before = { ...counted }
  const cpu = process.cpuUsage()
  const start = performance.now()
  const expected = await work()
  const delivered = () => clients.reduce((sum, one) => sum + one.delays.length, 0)
  const deadline = performance.now() + seconds * 1000
  let last = performance.now()
  while (delivered() < expected && performance.now() < deadline && counted.lost === before.lost) {
    await pause(2)
    last = performance.now()
  }
  const used = process.cpuUsage(cpu)
  const delays = Float64Array.from(clients.flatMap(one => one.delays)).sort()
  return {
    seconds: (last - start) / 1000,
    expected,
    deliveries: delays.length,
    gaps: clients.reduce((sum, one) => sum + one.gaps, 0),
    p50: share(delays, 0.5),
    p95: share(delays, 0.95),
    frames: counted.frames - before.frames,
    megabytes: (counted.bytes - before.bytes) / 1e6,
    lost: counted.lost - before.lost,
    refused: counted.refused,
    generator: (used.user + used.system) / 10 / (last - start)
  }
}

const othersOf = one => one.room.authors.size - 1

const commands = {
  /** The server the following is about: `url`, `origin`, `dialect` (plain or hocuspocus). Again after a restart. */
  async server (options) {
    server = options
    return {}
  },

  /** Opens a socket for each of `people` ({room, cookie, url}), `together` at a time, until each has what the room holds. */
  async join ({ people, together, change }) {
    const cpu = process.cpuUsage()
    const start = performance.now()
    const waits = []
    const queue = people.map((one, number) => ({ ...one, room: roomOf(one.room), number }))
    await Promise.all(Array.from({ length: together }, async () => {
      for (let one = queue.shift(); one; one = queue.shift()) {
        const begun = performance.now()
        const client = new LightClient(at(one.url), one.room, one.cookie, one.number, change)
        clients.push(client)
        waits.push(await client.synced - begun)
      }
    }))
    const seconds = (performance.now() - start) / 1000
    const used = process.cpuUsage(cpu)
    waits.sort((one, other) => one - other)
    return {
      seconds, joins: people.length / seconds, p50: share(waits, 0.5), p95: share(waits, 0.95),
      generator: (used.user + used.system) / 1e6 / seconds * 100, compression: clients[0].ws.extensions
    }
  },

  /** Each client changes something `rate` times a second, at moments of its own, for so many `seconds`. */
  async steady ({ seconds, rate }) {
    const chance = random(7)
    const each = Math.round(seconds * rate)
    const moments = clients.flatMap(client => {
      const phase = chance()
      return client.prepare(each).map((frame, number) => ({ client, frame, due: (number + phase) * 1000 / rate }))
    }).sort((one, other) => one.due - other.due)
    return measured(20, async () => {
      const start = performance.now()
      for (let next = 0; next < moments.length;) {
        const now = performance.now() - start
        for (; next < moments.length && moments[next].due <= now; next++) moments[next].client.send(moments[next].frame)
        if (next < moments.length) await pause(Math.max(1, moments[next].due - (performance.now() - start)))
      }
      return clients.reduce((sum, one) => sum + each * othersOf(one), 0)
    })
  },

  /** Each client sends `each` changes as fast as it can; measured until every client has all of them. */
  async burst ({ each }) {
    const frames = clients.map(one => one.prepare(each))
    const result = await measured(60, async () => {
      for (let number = 0; number < each; number++) {
        clients.forEach((one, which) => one.send(frames[which][number]))
        await turn()
      }
      return clients.reduce((sum, one) => sum + each * othersOf(one), 0)
    })
    return { ...result, updates: clients.length * each / result.seconds }
  },

  async leave () {
    const going = clients
    clients = []
    await Promise.all(going.map(one => one.leave()))
    return {}
  },

  /** Who comes now to each of `people`'s rooms finds what was written there; `folder` gets it, for the database. */
  async check ({ people, folder }) {
    let same = true
    for (const { room: name, cookie, url } of people) {
      const room = roomOf(name)
      const reference = room.reference()
      if (folder) writeFileSync(`${folder}/${name.replaceAll('/', '_')}.bin`, Y.encodeStateAsUpdate(reference))
      const client = new WholeClient(at(url), room, cookie)
      await client.synced
      const isSame = doc => isDeepStrictEqual(
        [doc.getMap('elements').toJSON(), doc.getText('text').toString()],
        [reference.getMap('elements').toJSON(), reference.getText('text').toString()]
      )
      const late = await Promise.race([client.until(isSame), pause(5000)])
      same &&= late !== undefined
      await client.close()
    }
    return { same }
  },

  /** One client draws so many `elements`, a hundred at a time, and another sees them all. */
  async draw ({ room: name, cookie, url, elements }) {
    const room = roomOf(name)
    const [writer, reader] = [new WholeClient(at(url), room, cookie), new WholeClient(at(url), room, cookie)]
    await Promise.all([writer.synced, reader.synced])
    const start = performance.now()
    for (let number = 0; number < elements;) {
      writer.doc.transact(() => {
        for (const end = Math.min(number + 100, elements); number < end; number++) {
          writer.doc.getMap('elements').set(`drawn-${number}`, rectangle(`drawn-${number}`, number))
        }
      })
      await turn()
    }
    const seen = await Promise.race([reader.until(doc => doc.getMap('elements').size >= elements), pause(60000)])
    await Promise.all([writer.close(), reader.close()])
    return { seconds: seen === undefined ? null : (seen - start) / 1000 }
  },

  /** How long until who opens the room now sees all `elements`. */
  async late ({ room, cookie, url, elements }) {
    const start = performance.now()
    const client = new WholeClient(at(url), roomOf(room), cookie)
    await client.synced
    const seen = await Promise.race([client.until(doc => doc.getMap('elements').size >= elements), pause(20000)])
    await client.close()
    return { seconds: seen === undefined ? null : (seen - start) / 1000 }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...options } = JSON.parse(line)
  let answer
  try {
    answer = await commands[command](options)
  } catch (error) {
    answer = { error: `${command}: ${error.stack}` }
  }
  console.log(JSON.stringify(answer))
}
process.exit(0)
