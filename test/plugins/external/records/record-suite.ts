import type { Test } from 'tap'
import type {
  RecordKind,
  RecordStore,
  RecordTable,
  StoredRecord
} from '../../../../plugins/external/records/record-store.ts'
import { changingSuite } from './changing-suite.ts'
import { racingSuite } from './racing-suite.ts'
import { readingSuite } from './reading-suite.ts'
import { writingSuite } from './writing-suite.ts'

/** A record of an ordered log, like those of a room. */
export interface Entry extends StoredRecord {
  room: string
  seq: number
  event: { type: string; userId?: string; words?: string | undefined }
  marked?: string
}

/** A record with a key of its own, like a comment. */
export interface Note extends StoredRecord {
  room: string
  author: string
  clientId: string
  at: Date
  text: string
  deletedAt: Date | null
}

/** A record that is replaced, like a snapshot. */
export interface Sheet extends StoredRecord {
  token?: number
  names: string[]
  parts?: { name: string | null; n: number }[]
  expiresAt?: Date
}

const seqOf = { partition: 'room', order: ['seq'] } as const

export const entryKind = {
  name: 'suiteEntries',
  place: seqOf,
  indexes: {
    byType: { partition: 'room', order: ['event.type', 'seq'] },
    byMark: { partition: 'marked', order: ['seq'] },
    byPerson: { partition: 'event.userId', order: ['event.type', 'room', 'seq'] },
    ofPerson: { partition: 'event.userId', order: [] }
  }
} as const satisfies RecordKind

export const noteKind = {
  name: 'suiteNotes',
  place: { partition: 'room', order: ['at', '_id'] },
  indexes: {
    byId: { partition: '_id', order: [], unique: true },
    byKey: { partition: 'room', order: ['author', 'clientId'], unique: true },
    byAuthor: { partition: 'author', order: ['at', '_id'] }
  }
} as const satisfies RecordKind

export const sheetKind = {
  name: 'suiteSheets',
  place: { partition: '_id', order: [] },
  indexes: {
    byName: { partition: 'names', order: [] },
    byPart: { partition: 'parts.name', order: [] }
  },
  expires: 'expiresAt'
} as const satisfies RecordKind

export type Entries = RecordTable<Entry, keyof (typeof entryKind)['indexes']>
export type Notes = RecordTable<Note, keyof (typeof noteKind)['indexes']>
export type Sheets = RecordTable<Sheet, keyof (typeof sheetKind)['indexes']>

export interface Tables {
  readonly entries: Entries
  readonly notes: Notes
  readonly sheets: Sheets
}

export function entry(room: string, seq: number, event: Entry['event'] = { type: 'said' }): Entry {
  return { _id: `${room}:${seq}`, room, seq, event }
}

export function note(room: string, n: number, author = 'ana'): Note {
  return {
    _id: `${room}-${author}-${n}`,
    room,
    author,
    clientId: `c${n}`,
    at: new Date(1_700_000_000_000 + n),
    text: `text ${n}`,
    deletedAt: null
  }
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = []
  for await (const item of items) collected.push(item)
  return collected
}

/** Returns numbers from `first` to `last`. */
export function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, n) => first + n)
}

/** Opens the kinds of the suite. */
export async function openTables(store: RecordStore): Promise<Tables> {
  return {
    entries: await store.open(entryKind),
    notes: await store.open(noteKind),
    sheets: await store.open(sheetKind)
  }
}

/**
 * Tests a store of records. The same tests run on all of them.
 * @param store an empty one, or one whose kinds of the suite are empty
 */
export async function recordSuite(t: Test, store: RecordStore): Promise<void> {
  const tables = await openTables(store)
  await t.test('a kind may be opened again, and keeps its records', async t => {
    await tables.entries.append([entry('reopened', 1)])
    const { entries } = await openTables(store)
    t.same(await entries.find('place', ['reopened', 1]), entry('reopened', 1))
    await store.ping()
    t.notOk(/@|\/\//.test(store.label), store.label)
  })
  await writingSuite(t, tables)
  await readingSuite(t, tables)
  await changingSuite(t, tables)
  await racingSuite(t, tables)
}
