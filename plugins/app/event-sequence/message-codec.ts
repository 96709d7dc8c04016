import { Ajv } from 'ajv'
import { PresenceMessage, ShowEventMessage, type SequenceStream } from '../../../contract/event-sequence.ts'
import type { SequenceRecord } from './sequence-record.ts'

const ajv = new Ajv({ strict: false })
const isShowEvent = ajv.compile<ShowEventMessage>(ShowEventMessage)
const isPresence = ajv.compile<PresenceMessage>(PresenceMessage)

/** Returns the id of a record's message, which is unique in its topic. */
function idOf({ showId, seq }: Pick<SequenceRecord, 'showId' | 'seq'>): string {
  return `${showId}:${seq}`
}

/** Returns the message of a record, JSON text. */
export function encodeMessage(record: SequenceRecord): string {
  const { showId, seq, at, event } = record
  return JSON.stringify({ v: 1, id: idOf(record), showId, seq, at, event })
}

/**
 * Returns the record of a message; undefined for anything that is not a message of this stream: other text than JSON,
 * another version, unknown events, an id that does not fit.
 */
export function decodeMessage(stream: SequenceStream, text: string): SequenceRecord | undefined {
  const message = parse(text)
  if (stream === 'log') {
    if (!isShowEvent(message) || message.id !== idOf(message)) return undefined
    const { showId, seq, at, event } = message
    return { stream, showId, seq, at, event }
  }
  if (!isPresence(message) || message.id !== idOf(message)) return undefined
  const { showId, seq, at, event } = message
  return { stream, showId, seq, at, event }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
