// Hocuspocus with its defaults, storing in SQLite as its own extension does (which needs a compiler): PORT, DATABASE.

import { DatabaseSync } from 'node:sqlite'
import { Server } from '@hocuspocus/server'
import * as Y from 'yjs'

const database = new DatabaseSync(process.env.DATABASE)
database.exec('PRAGMA journal_mode = WAL')
database.exec('CREATE TABLE IF NOT EXISTS documents (name varchar(255) NOT NULL, data blob NOT NULL, UNIQUE(name))')
const select = database.prepare('SELECT data FROM documents WHERE name = ?')
const upsert = database.prepare(
  'INSERT INTO documents (name, data) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET data = excluded.data'
)

const server = new Server({
  port: Number(process.env.PORT),
  address: '127.0.0.1',
  quiet: true,
  // Its defaults, said here because they are what is compared.
  debounce: 2000,
  maxDebounce: 10000,
  async onLoadDocument ({ document, documentName }) {
    const row = select.get(documentName)
    if (row) Y.applyUpdate(document, row.data)
  },
  async onStoreDocument ({ document, documentName }) {
    upsert.run(documentName, Y.encodeStateAsUpdate(document))
  }
})
await server.listen()
