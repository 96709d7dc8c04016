import type { ServerEventName, ServerPayload } from '../../contract/server-events.ts'
import { parsedObject } from '../../plugins/app/operations/parsed-object.ts'
import type { ServerRoomEvent } from '../room/events.ts'

/** Messages that a home sends to all members of a show and that do not follow from its events. */
export const carriedMessages = ['comments', 'announcement', 'audience'] as const
export type CarriedMessage = (typeof carriedMessages)[number]

/** The events of one command, as the home applied them. */
export interface AppliedEvents {
  /** In order; those with a place in the log and the others. */
  readonly events: readonly ServerRoomEvent[]
  /** Server time, ms since the epoch. */
  readonly at: number
  /** Place of the last record in the log, after these events. */
  readonly seq: number
  /** Id of the forwarded command that caused them. */
  readonly cause?: string | undefined
}

interface CarriedContent {
  readonly kind: 'message'
  readonly event: CarriedMessage
  readonly payload: ServerPayload<CarriedMessage>
}

/**
 * The content of an entry of a show's stream. `moved`: the show has a new home, which those who followed another one
 * ask. `backstage`: events before the start of the show, of which none is in its log.
 */
export type EntryContent =
  ({ readonly kind: 'events' | 'backstage' } & AppliedEvents) | CarriedContent | { readonly kind: 'moved' }

/** An entry of a show's stream. `n` counts the entries of one home, from 1 without gaps. */
export type Entry = EntryContent & { readonly token: number; readonly n: number }

export function encodeEntry(entry: Entry): string {
  return JSON.stringify(entry)
}

/** Returns the entry; undefined for something else. Its events come from a node of ours and are trusted. */
export function parseEntry(text: string): Entry | undefined {
  const entry = parsedObject(text)
  return entry && isEntry(entry) ? entry : undefined
}

const kinds: ReadonlySet<unknown> = new Set<EntryContent['kind']>(['events', 'backstage', 'message', 'moved'])
const messages: ReadonlySet<unknown> = new Set(carriedMessages)

function isEntry(entry: object): entry is Entry {
  const { token, n, kind, events, at, seq, event, payload }: Record<string, unknown> = { ...entry }
  if (!Number.isSafeInteger(token) || !Number.isSafeInteger(n) || !kinds.has(kind)) return false
  if (kind === 'events' || kind === 'backstage') {
    return Array.isArray(events) && Number.isFinite(at) && Number.isSafeInteger(seq)
  }
  return kind === 'moved' || (messages.has(event) && typeof payload === 'object' && payload !== null)
}

/** The entry of a message to all members; undefined for one that is not carried. */
export function carriedContent(event: ServerEventName, payload: object): CarriedContent | undefined {
  const content = { kind: 'message', event, payload } as const
  return isCarried(content) ? content : undefined
}

/** The payload of an event has the type that belongs to it. */
function isCarried(content: { kind: 'message'; event: ServerEventName; payload: object }): content is CarriedContent {
  return messages.has(content.event)
}
