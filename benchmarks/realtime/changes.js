// What clients write, and how it is recognised when it comes back: one change is one tick of its author's Yjs clock.

import * as Y from 'yjs'

// Author ids of Yjs are random 32-bit numbers; these are as long on the wire, and never the same twice.
let nextAuthor = 0x80000000 + Math.floor(Math.random() * 0x3fffffff)

/** A rectangle as Excalidraw writes it: about 370 bytes. */
export function rectangle (id, number, version = 1) {
  return {
    id, type: 'rectangle', x: 100 + (number % 60) * 140.5, y: 80 + Math.floor(number / 60) * 90.25, width: 120,
    height: 64.5, angle: 0, strokeColor: '#1e1e1e', backgroundColor: '#a5d8ff', fillStyle: 'solid', strokeWidth: 2,
    strokeStyle: 'solid', roughness: 1, opacity: 100, groupIds: [], frameId: null, index: `a${number.toString(36)}`,
    roundness: { type: 3 }, seed: 1968410350 + number, version, versionNonce: (version * 2654435761 + number) % 2147483647,
    isDeleted: false, boundElements: [], updated: 1795000000000 + version * 500, link: null, locked: false
  }
}

/** Who writes in a room: a document of its own, which nothing ever reaches, makes true Yjs updates. */
export class Author {
  constructor (number, change) {
    this.doc = new Y.Doc()
    this.id = this.doc.clientID = nextAuthor++
    this.number = number
    this.change = change
    this.version = 0
    this.sentAt = []
    this.updates = []
    this.doc.on('update', update => this.updates.push(update))
  }

  /** The next change, as an update: a shape that moved, or a letter typed. */
  next () {
    this.version++
    if (this.change === 'letter') {
      this.doc.getText('text').insert(this.doc.getText('text').length, 'é')
    } else {
      const element = rectangle(`shape-${this.id}`, this.number, this.version)
      element.x += this.version * 1.5
      this.doc.getMap('elements').set(element.id, element)
    }
    return this.updates[this.updates.length - 1]
  }
}

/**
 * Calls `found(author, clock, length)` for each run of changes in an update of Yjs' first encoding, without making
 * objects of them: fifty clients in one process read each change, and the generator must not be what is slow.
 */
export function skim (bytes, found) {
  let at = 0
  const number = () => {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = bytes[at++]
      value += (byte & 127) * factor
      if (byte < 128) return value
      factor *= 128
    }
  }
  const signed = () => { while (bytes[at++] >= 128); }
  const block = () => { const length = number(); at += length }
  const any = () => {
    const type = bytes[at++]
    switch (type) {
      case 127: case 126: case 121: case 120: return
      case 125: signed(); return
      case 124: at += 4; return
      case 123: case 122: at += 8; return
      case 119: case 116: block(); return
      case 118: for (let left = number(); left > 0; left--) { block(); any() } return
      case 117: for (let left = number(); left > 0; left--) any(); return
      default: throw new Error(`no such value: ${type}`)
    }
  }
  const characters = () => {
    const length = number()
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString()
    at += length
    return text.length
  }
  const content = kind => {
    let length
    switch (kind) {
      case 1: return number()
      case 2: length = number(); for (let left = length; left > 0; left--) block(); return length
      case 3: case 5: block(); return 1
      case 4: return characters()
      case 6: block(); block(); return 1
      case 7: if ([3, 5].includes(number())) block(); return 1
      case 8: length = number(); for (let left = length; left > 0; left--) any(); return length
      case 9: block(); any(); return 1
      default: throw new Error(`no such content: ${kind}`)
    }
  }
  for (let authors = number(); authors > 0; authors--) {
    let structs = number()
    const author = number()
    let clock = number()
    for (; structs > 0; structs--) {
      const info = bytes[at++]
      if (info === 0 || info === 10) {
        const length = number()
        if (info === 0) found(author, clock, length)
        clock += length
        continue
      }
      if (info & 128) { number(); number() }
      if (info & 64) { number(); number() }
      if (!(info & 192)) {
        if (number()) block()
        else { number(); number() }
        if (info & 32) block()
      }
      const length = content(info & 31)
      found(author, clock, length)
      clock += length
    }
  }
}
