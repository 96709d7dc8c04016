import { randomUUID } from 'node:crypto'
import type { AudienceEvent, AudienceRecord } from '../../../contract/audience-events.ts'
import {
  RecordConflict,
  type RecordKind,
  type RecordStore,
  type RecordTable
} from '../../external/records/record-store.ts'
import { exportedFrom } from '../privacy/exported-records.ts'
import { unlinkedPseudonym, type PseudonymOf } from '../privacy/pseudonyms.ts'
import { firstOf } from './first-of.ts'
import { createSettledReader, type OnGap } from './settled-records.ts'

/** The records of the audience of shows. */
export const audienceEventsKind = {
  name: 'audienceEvents',
  place: { partition: 'showId', order: ['seq'] },
  indexes: { byPerson: { partition: 'event.person', order: [] } }
} as const satisfies RecordKind

export type AudienceTable = RecordTable<AudienceDocument, keyof (typeof audienceEventsKind)['indexes']>

/** An audience event of a show. */
export interface AudienceDocument extends AudienceRecord {
  /** `showId:seq`. */
  _id: string
  showId: string
  /** Id of the writer, and the number it gave to the event: an event that was stored is found by them. */
  writer: string
  n: number
}

/** Events that one insert stores at most. */
const maxBatch = 500
/** Events of one show that may wait while the store is away. Further ones are lost. */
const maxWaiting = 50_000

/** Writes the audience events of one show. */
export interface AudienceWriter {
  /** Adds an event. Returns false when too many wait already: then it is lost. */
  add(event: AudienceEvent, at: number): boolean
  /**
   * Stores what was added so far, each event once and in order. After a failure the events wait for the next call.
   * Calls run one after the other.
   */
  flush(): Promise<void>
}

interface WaitingEvent {
  readonly n: number
  readonly at: number
  readonly event: AudienceEvent
}

export type AudienceLog = Awaited<ReturnType<typeof createAudienceLog>>

/** The audience events of shows, in order. Several writers of a show take turns: an event gets the next free place. */
export async function createAudienceLog(
  records: Pick<RecordStore, 'open'>,
  pseudonymOf: PseudonymOf,
  onGap: OnGap = () => {}
) {
  const readSettled = createSettledReader(onGap)
  const events: AudienceTable = await records.open(audienceEventsKind)

  /** Called before a pseudonym is replaced by another one. */
  const unlinkListeners = new Set<(person: string, replacement: string) => Promise<void>>()
  let onStored: (showId: string) => void = () => {}

  /** Returns the place of the last event of a show; 0 when it has none. */
  async function findTail(showId: string): Promise<number> {
    const last = await firstOf(events.list('place', [showId], { reverse: true, limit: 1 }))
    return last?.seq ?? 0
  }

  function openWriter(showId: string): AudienceWriter {
    const writer = randomUUID()
    const waiting: WaitingEvent[] = []
    let added = 0
    /** The last place that was read as taken. Unknown before the first insert and after one that failed. */
    let tail: number | undefined
    /** All events that this writer has stored lie behind this place. */
    let ownAfterSeq: number | undefined
    let flushing: Promise<void> = Promise.resolve()

    async function flush(): Promise<void> {
      while (waiting.length > 0) {
        await removeStored()
        tail ??= await findTail(showId)
        ownAfterSeq ??= tail
        await insert(waiting.slice(0, maxBatch), tail)
      }
    }

    /** Stores the oldest waiting events behind a place. */
    async function insert(batch: readonly WaitingEvent[], afterSeq: number): Promise<void> {
      const documents = batch.map((entry, index): AudienceDocument => {
        const seq = afterSeq + index + 1
        return { _id: `${showId}:${seq}`, showId, seq, ...entry, writer }
      })
      try {
        tail = undefined
        await events.append(documents)
        waiting.splice(0, batch.length)
        onStored(showId)
        tail = afterSeq + batch.length
        ownAfterSeq = tail
      } catch (error) {
        // Another writer has one of the places: the events get others.
        if (!(error instanceof RecordConflict)) throw error
      }
    }

    /** After a failed insert, takes out of the waiting events those that are stored, although no answer said so. */
    async function removeStored(): Promise<void> {
      if (tail !== undefined || ownAfterSeq === undefined) return
      const last = await findLastOwn(ownAfterSeq)
      if (!last) return
      const first = waiting.findIndex(({ n }) => n > last.n)
      waiting.splice(0, first === -1 ? waiting.length : first)
      onStored(showId)
    }

    /** Returns the last event of this writer behind a place. */
    async function findLastOwn(afterSeq: number): Promise<AudienceDocument | undefined> {
      const range = { after: [afterSeq], reverse: true, readAhead: maxBatch } as const
      for await (const event of events.list('place', [showId], range)) if (event.writer === writer) return event
      return undefined
    }

    return {
      add(event, at) {
        if (waiting.length >= maxWaiting) return false
        waiting.push({ n: ++added, at, event })
        return true
      },
      async flush() {
        flushing = flushing.catch(() => {}).then(flush)
        await flushing
      }
    }
  }

  return {
    openWriter,

    /** Binds what is called after events of a show were stored. Must not throw. */
    bindObserver(bound: (showId: string) => void): void {
      onStored = bound
    },

    /** Yields the events of a show after a place, in order: all of them, or `limit` at most. */
    async *read(showId: string, afterSeq: number, limit?: number): AsyncGenerator<AudienceRecord> {
      const found = readSettled({ showId, afterSeq, limit }, (after, max) =>
        events.list('place', [showId], { after: [after], limit: max })
      )
      for await (const { seq, at, event } of found) yield { seq, at, event }
    },

    findTail,

    /** Registers data with pseudonyms: those of an erased person are replaced there too. Safe to repeat. */
    onUnlinked(listener: (person: string, replacement: string) => Promise<void>): void {
      unlinkListeners.add(listener)
    },

    removeOfShow: async (showId: string): Promise<void> => await events.remove('place', [showId]),

    /** The events of a person. After an erasure they still count, and nothing leads from them to the person. */
    personalData: {
      export: (userId: string): AsyncIterable<object> =>
        exportedFrom(events.listDecoded('byPerson', [pseudonymOf(userId)]), ({ showId, at, event }) => ({
          showId,
          at,
          did: event.type
        })),
      async erase(userId: string): Promise<void> {
        const person = pseudonymOf(userId)
        const replacement = unlinkedPseudonym()
        for (const listener of unlinkListeners) await listener(person, replacement)
        await events.changeEach('byPerson', [person], record =>
          'person' in record.event ? { ...record, event: { ...record.event, person: replacement } } : null
        )
      }
    }
  }
}
