// One socket: light, which counts what reaches it, or whole, with a document.

import { WebSocket } from 'ws'
import * as Y from 'yjs'

import { SYNC, dialects, nothingNew, presence, question, readSync, sync } from './dialects.js'
import { Author, skim } from './changes.js'

/** What all sockets together were sent. */
export const counted = { frames: 0, bytes: 0, lost: 0, refused: '' }

/** What was ever written in a room, and who writes there now. */
export class Room {
  constructor (name) {
    this.name = name
    this.authors = new Map()
    this.updates = []
  }

  /** What every copy must hold. */
  reference () {
    const doc = new Y.Doc()
    for (const update of this.updates) Y.applyUpdate(doc, update)
    return doc
  }
}

class Socket {
  constructor (server, room, cookie) {
    this.room = room
    this.dialect = dialects[server.dialect]
    this.envelope = this.dialect.envelope(room.name)
    this.closing = false
    this.synced = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // A browser offers compression, so do these.
    this.ws = new WebSocket(this.dialect.address(server.url, room.name), {
      headers: cookie ? { cookie } : {}, origin: server.origin, skipUTF8Validation: true
    })
    this.ws.binaryType = 'nodebuffer'
    this.ws.on('open', () => this.begin())
    this.ws.on('message', (frame, isBinary) => this.receive(frame, isBinary))
    this.ws.on('error', error => this.reject(error))
    this.ws.on('close', (code, reason) => {
      if (this.closing) return
      counted.lost++
      counted.refused ||= `${code} ${reason}`
      this.reject(new Error(`closed: ${code} ${reason}`))
    })
  }

  begin () {
    for (const frame of this.dialect.hello(this.room.name)) this.ws.send(frame)
    this.ws.send(question(this.envelope))
  }

  receive (frame, isBinary) {
    counted.frames++
    counted.bytes += frame.length
    if (!isBinary) return
    const { type, at } = this.dialect.body(frame)
    if (type !== SYNC) return
    const { kind, payload } = readSync(frame, at)
    if (kind === 0) {
      this.ws.send(this.answer(payload))
    } else {
      this.read(payload)
      if (kind === 1) this.resolve(performance.now())
    }
  }

  close () {
    this.closing = true
    return new Promise(resolve => {
      if (this.ws.readyState === WebSocket.CLOSED) return resolve()
      this.ws.once('close', resolve)
      this.ws.close()
    })
  }
}

/** Writes as an author, holds no document, notes the delay of each change that others made. */
export class LightClient extends Socket {
  constructor (server, room, cookie, number, change) {
    super(server, room, cookie)
    this.author = new Author(number, change)
    this.seen = new Map()
    this.delays = []
    this.gaps = 0
    room.authors.set(this.author.id, this.author)
  }

  begin () {
    super.begin()
    this.ws.send(presence(this.envelope, this.author.id))
  }

  answer () {
    return nothingNew(this.envelope)
  }

  /** `count` changes to come, ready to be sent. */
  prepare (count) {
    return Array.from({ length: count }, () => {
      const update = this.author.next()
      this.room.updates.push(update)
      return sync(this.envelope, 2, update)
    })
  }

  send (frame) {
    this.author.sentAt.push(performance.now())
    this.ws.send(frame)
  }

  read (update) {
    const now = performance.now()
    skim(update, (id, clock, length) => {
      const author = this.room.authors.get(id)
      if (author === undefined || author === this.author) return
      const seen = this.seen.get(id) ?? 0
      if (clock > seen) {
        this.gaps++
        return
      }
      for (let each = seen; each < clock + length; each++) this.delays.push(now - author.sentAt[each])
      if (clock + length > seen) this.seen.set(id, clock + length)
    })
  }

  leave () {
    this.room.authors.delete(this.author.id)
    return this.close()
  }
}

/** Holds the document, as a browser does. */
export class WholeClient extends Socket {
  constructor (server, room, cookie) {
    super(server, room, cookie)
    this.doc = new Y.Doc()
    this.onUpdate = () => {}
    this.doc.on('update', (update, origin) => {
      if (origin === this) this.onUpdate()
      else {
        this.room.updates.push(update)
        this.ws.send(sync(this.envelope, 2, update))
      }
    })
  }

  answer (state) {
    return sync(this.envelope, 1, Y.encodeStateAsUpdate(this.doc, state))
  }

  read (update) {
    Y.applyUpdate(this.doc, update, this)
  }

  /** Resolves when `isThere(doc)`, now or after some update. */
  until (isThere) {
    return new Promise(resolve => {
      this.onUpdate = () => { if (isThere(this.doc)) resolve(performance.now()) }
      this.onUpdate()
    })
  }
}
