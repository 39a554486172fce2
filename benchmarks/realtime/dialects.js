// How frames of the two kinds of server are written and read: y-protocols as they are, and Hocuspocus' envelope.

import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

export const SYNC = 0
export const AWARENESS = 1
const NO_STATE = new Uint8Array([0])
const NO_CHANGE = new Uint8Array([0, 0])

/** y-websocket and ours: the room is in the address. */
const plain = {
  address: (url, room) => `${url}/${room}`,
  envelope: () => new Uint8Array(),
  hello: () => [],
  body: frame => ({ type: frame[0], at: 1 })
}

/** Hocuspocus: the room stands before each message; the first one is a token. Reply (4) is a sync message too. */
const hocuspocus = {
  address: url => url,
  envelope: room => written(encoder => encoding.writeVarString(encoder, room)),
  hello: room => [written(encoder => {
    encoding.writeVarString(encoder, room)
    encoding.writeVarUint(encoder, 2)
    encoding.writeVarUint(encoder, 0)
    encoding.writeVarString(encoder, 'token')
    encoding.writeVarString(encoder, '4.7.0')
  })],
  body: frame => {
    // Names are shorter than 128 bytes.
    const at = 1 + frame[0]
    return { type: frame[at] === 4 ? SYNC : frame[at], at: at + 1 }
  }
}

export const dialects = { plain, hocuspocus }

export function written (write) {
  const encoder = encoding.createEncoder()
  write(encoder)
  return encoding.toUint8Array(encoder)
}

/** A sync message: 0 asks with a state, 1 answers, 2 is a change. */
export function sync (envelope, kind, payload) {
  return written(encoder => {
    encoding.writeUint8Array(encoder, envelope)
    encoding.writeVarUint(encoder, SYNC)
    encoding.writeVarUint(encoder, kind)
    encoding.writeVarUint8Array(encoder, payload)
  })
}

/** What a client that holds nothing asks, and what it answers when asked. */
export const question = envelope => sync(envelope, 0, NO_STATE)
export const nothingNew = envelope => sync(envelope, 1, NO_CHANGE)

/** The presence the stock client announces when it has said nothing yet. */
export function presence (envelope, author) {
  const state = written(encoder => {
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarUint(encoder, author)
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarString(encoder, '{}')
  })
  return written(encoder => {
    encoding.writeUint8Array(encoder, envelope)
    encoding.writeVarUint(encoder, AWARENESS)
    encoding.writeVarUint8Array(encoder, state)
  })
}

/** The kind and the payload of a sync message whose body begins at `at`. */
export function readSync (frame, at) {
  const decoder = decoding.createDecoder(frame)
  decoder.pos = at
  const kind = decoding.readVarUint(decoder)
  return { kind, payload: decoding.readVarUint8Array(decoder) }
}
