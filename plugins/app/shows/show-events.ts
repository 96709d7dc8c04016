import type { RoomRecord } from '../../../contract/room-events.ts'
import type { EndReason } from '../../../contract/shows.ts'
import type { DecodedRecord } from '../../external/records/record-store.ts'
import { exportedFrom, UnreadableRecord } from '../privacy/exported-records.ts'
import type { ShowEventTable } from './event-tables.ts'
import { firstOf } from './first-of.ts'
import type { ShowEventDocument } from './log-records.ts'
import { unknownPerson } from './unknown-person.ts'

type EventType = RoomRecord['event']['type']
type EventOf<T extends EventType> = Extract<RoomRecord['event'], { type: T }>

/** Selects events of a show: those of some types before `beforeSeq`, newest first. */
interface EventQuery<T extends EventType> {
  types: readonly T[]
  beforeSeq?: number | undefined
  /** Only what hosts or the server did to people. */
  isDoneToPerson?: boolean
  /** Maximum number of events. */
  limit?: number
}

/** An event with its place in the log of its show and its time. */
export interface PlacedEvent<T extends EventType> {
  seq: number
  at: number
  event: EventOf<T>
}

/** Types of events with a name and a picture of their person. */
const namingTypes = [
  'floor:granted',
  'show:handedOver',
  'stage:renamed',
  'speak:requested',
  'speak:invited',
  'speak:renamed',
  'comment:pinned'
] as const

export type ShowEvents = ReturnType<typeof createShowEvents>

/** Queries over the stored events of shows. */
export function createShowEvents(events: ShowEventTable) {
  /** Yields the events of some types in a show, newest first. */
  function newest<T extends EventType>(
    showId: string,
    { types, beforeSeq, isDoneToPerson = false, limit }: EventQuery<T>
  ): AsyncGenerator<PlacedEvent<T>> {
    const range = { before: beforeSeq === undefined ? undefined : ([beforeSeq] as const), reverse: true, limit }
    return ofTypes(
      isDoneToPerson ? events.list('byDecision', [showId], range) : events.list('byType', [showId, types], range),
      types
    )
  }

  /** Yields the events of some types about some people in a show, newest first: all of them, or `limit` at most. */
  function about<T extends EventType>(
    showId: string,
    userIds: readonly string[],
    types: readonly T[],
    limit?: number
  ): AsyncGenerator<PlacedEvent<T>> {
    return ofTypes(events.list('byPerson', [userIds, types, showId], { reverse: true, limit }), types)
  }

  return {
    newest,
    about,

    /**
     * Returns when a person became a co-host, according to the stored events. Returns undefined for a person who is
     * none; for an ended show, at its end.
     */
    async cohostSince(showId: string, userId: string): Promise<Date | undefined> {
      const last = await firstOf(about(showId, [userId], ['cohost:changed', 'member:removed'], 1))
      return last?.event.type === 'cohost:changed' && last.event.cohost ? new Date(last.at) : undefined
    },

    /** Whether a show has ever started according to its log. */
    async hasStarted(showId: string): Promise<boolean> {
      return (await firstOf(newest(showId, { types: ['show:started'], limit: 1 }))) !== undefined
    },

    /** Returns the end of a show according to its log; undefined when it has not ended. */
    async findEnd(showId: string): Promise<{ reason: EndReason; at: number } | undefined> {
      const last = await firstOf(newest(showId, { types: ['show:ended'], limit: 1 }))
      return last && { reason: last.event.reason, at: last.at }
    },

    /** Yields the events about a person, and their actions on others, without the others' names. */
    async *export(userId: string): AsyncGenerator<object> {
      const unreadable = new Set<string | null>()
      const ofPerson = events.listDecoded('ofPerson', [userId])
      for await (const item of exportedFrom(ofPerson, ({ showId, at, event }) => ({ showId, at, event }))) {
        if (item instanceof UnreadableRecord) unreadable.add(item.id)
        yield item
      }
      const actions = onOthers(events.listDecoded('byActor', [userId]), userId)
      const toAction = ({ showId, at, event }: ShowEventDocument) => ({
        showId,
        at,
        did: event.type,
        ...wordsIn(event)
      })
      for await (const item of exportedFrom(actions, toAction)) {
        const isNamed = item instanceof UnreadableRecord && unreadable.has(item.id)
        if (!isNamed) yield item
      }
    },

    /** Removes the text of a deleted comment that was pinned. Safe to repeat. */
    async forgetComment(showId: string, commentId: string): Promise<void> {
      await events.changeEach('byType', [showId, 'comment:pinned'], record => {
        const { event } = record
        const isKept = event.type !== 'comment:pinned' || event.commentId !== commentId || event.text === ''
        return isKept ? null : { ...record, event: { ...event, text: '' } }
      })
    },

    /**
     * Removes a person's name, picture and words from stored events. The events stay, with the id of the erased
     * account.
     */
    async anonymise(userId: string): Promise<void> {
      const change = (record: ShowEventDocument) => anonymous(record, userId)
      for (const type of namingTypes) await events.changeEach('byPerson', [userId, type], change)
      await events.changeEach('byActor', [userId], withoutWords)
    }
  }
}

/** Yields the events of some types. */
async function* ofTypes<T extends EventType>(
  records: AsyncIterable<ShowEventDocument>,
  types: readonly T[]
): AsyncGenerator<PlacedEvent<T>> {
  const typeSet: ReadonlySet<string> = new Set(types)
  const isOfTypes = (event: ShowEventDocument['event']): event is EventOf<T> => typeSet.has(event.type)
  for await (const { seq, at, event } of records) if (isOfTypes(event)) yield { seq, at, event }
}

/** Yields the events about others than a person, and those that cannot be decoded. */
async function* onOthers(
  records: AsyncIterable<DecodedRecord<ShowEventDocument>>,
  userId: string
): AsyncGenerator<DecodedRecord<ShowEventDocument>> {
  for await (const decoded of records) {
    const isAboutPerson =
      'record' in decoded && 'userId' in decoded.record.event && decoded.record.event.userId === userId
    if (!isAboutPerson) yield decoded
  }
}

/** Returns a record without the name, the picture and the words of its person. */
function anonymous(record: ShowEventDocument, userId: string): ShowEventDocument | null {
  const { event } = record
  if (!isNaming(event)) return null
  const { displayName, avatarUrl } = unknownPerson(userId)
  const named = { displayName, avatarUrl }
  if (event.type === 'speak:requested') return { ...record, event: { ...event, ...named, reason: '' } }
  if (event.type === 'comment:pinned') return { ...record, event: { ...event, ...named, text: '' } }
  return { ...record, event: { ...event, ...named } }
}

/** Returns the words of the host in an event. */
function wordsIn(event: ShowEventDocument['event']): object {
  if (event.type === 'link:pinned') return { url: event.url, text: event.text }
  return event.type === 'poll:opened' ? { question: event.question, options: event.options } : {}
}

/** Returns a record without the link or the poll of its host; null for one without words. */
function withoutWords(record: ShowEventDocument): ShowEventDocument | null {
  const { event } = record
  if (event.type === 'link:pinned' && event.url + event.text !== '') {
    return { ...record, event: { ...event, url: '', text: '' } }
  }
  if (event.type === 'poll:opened' && event.question !== '') {
    return { ...record, event: { ...event, question: '', options: event.options.map(() => '') } }
  }
  return null
}

function isNaming(event: ShowEventDocument['event']): event is EventOf<(typeof namingTypes)[number]> {
  return namingTypes.some(type => type === event.type)
}
