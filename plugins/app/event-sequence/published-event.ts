import { Ajv } from 'ajv'
import { PublishedEvent } from '../../../contract/event-sequence.ts'
import type { Jingle } from '../../../contract/jingles.ts'
import type { Playback } from '../../../contract/playback.ts'
import type { PseudonymOf } from '../privacy/pseudonyms.ts'
import type { LogRecord } from '../shows/log-records.ts'

type LoggedEvent = LogRecord['event']
type LoggedType = LoggedEvent['type']
type LoggedEvents = { readonly [T in LoggedType]: Extract<LoggedEvent, { type: T }> }

/**
 * The fields of each event that leave the server. A new event does not compile until it has an entry here. An entry
 * names each field that it publishes, so that a new field of an event stays inside until somebody decides otherwise.
 */
type PublishTable = {
  readonly [T in LoggedType]: (event: LoggedEvents[T], of: PseudonymOf) => Extract<PublishedEvent, { type: T }>
}

const hostOf = (by: string | null, of: PseudonymOf) => (by === null ? null : of(by))

const table: PublishTable = {
  'home:taken': ({ type }) => ({ type }),
  'show:started': ({ type }) => ({ type }),
  'show:resumed': ({ type }) => ({ type }),
  'show:interrupted': ({ type, until }) => ({ type, until }),
  'show:ended': ({ type, reason }) => ({ type, reason }),
  'show:changed': ({ type }) => ({ type }),
  'settings:changed': ({ type, settings }) => ({ type, settings }),
  'playlist:changed': ({ type, playlistVersion }) => ({ type, playlistVersion }),
  'playback:changed': ({ type, playback }) => ({ type, playback: publishedPlayback(playback) }),
  'songLevel:changed': ({ type, levelDb, by }, of) => ({ type, levelDb, by: hostOf(by, of) }),
  'jingle:changed': ({ type, jingle }, of) => ({ type, jingle: publishedJingle(jingle, of) }),
  'floor:granted': ({ type, userId, by }, of) => ({ type, person: of(userId), by: of(by) }),
  'stage:joined': ({ type, userId, muted }, of) => ({ type, person: of(userId), muted }),
  'stage:heard': ({ type, userId }, of) => ({ type, person: of(userId) }),
  'stage:suspended': ({ type, userId }, of) => ({ type, person: of(userId) }),
  'stage:renamed': ({ type, userId }, of) => ({ type, person: of(userId) }),
  'stage:left': ({ type, userId, reason }, of) => ({ type, person: of(userId), reason }),
  'floor:revoked': ({ type, userId, by, reason }, of) => ({ type, person: of(userId), by: hostOf(by, of), reason }),
  'mute:changed': ({ type, userId, muted, by }, of) => ({ type, person: of(userId), muted, by: hostOf(by, of) }),
  'cohost:changed': ({ type, userId, cohost }, of) => ({ type, person: of(userId), cohost }),
  'show:handedOver': ({ type, userId, by }, of) => ({ type, person: of(userId), by: hostOf(by, of) }),
  'member:removed': ({ type, userId, ban, by }, of) => ({ type, person: of(userId), ban, by: hostOf(by, of) }),
  'recording:started': ({ type, by }, of) => ({ type, by: hostOf(by, of) }),
  'recording:stopped': ({ type, by, reason }, of) => ({ type, by: hostOf(by, of), reason }),
  'comment:pinned': ({ type, commentId, userId, by }, of) => ({ type, commentId, person: of(userId), by: of(by) }),
  'link:pinned': ({ type, by }, of) => ({ type, by: of(by) }),
  'pin:removed': ({ type, by, reason }, of) => ({ type, by: hostOf(by, of), reason }),
  'poll:opened': ({ type, pollId, options, endsAt, by }, of) => ({
    type,
    pollId,
    optionCount: options.length,
    endsAt,
    by: of(by)
  }),
  'poll:counted': ({ type, pollId, counts }) => ({ type, pollId, counts }),
  'poll:closed': ({ type, pollId, counts, by }, of) => ({ type, pollId, counts, by: hostOf(by, of) }),
  'poll:dismissed': ({ type, pollId, by }, of) => ({ type, pollId, by: hostOf(by, of) }),
  'song:requested': ({ type, requestId, songId, durationMs }) => ({ type, requestId, songId, durationMs }),
  'songs:counted': ({ type, counts }) => ({ type, counts }),
  'song:settled': ({ type, requestId, songId, reason, by }, of) => ({
    type,
    requestId,
    songId,
    reason,
    by: hostOf(by, of)
  }),
  'speak:requested': ({ type, requestId, userId, requestedAt }, of) => ({
    type,
    requestId,
    person: of(userId),
    requestedAt
  }),
  'speak:withdrawn': ({ type, requestId, userId, by }, of) => ({
    type,
    requestId,
    person: of(userId),
    by: hostOf(by, of)
  }),
  'speak:rejected': ({ type, requestId, userId, by }, of) => ({
    type,
    requestId,
    person: of(userId),
    by: hostOf(by, of)
  }),
  'speak:invited': ({ type, userId, by }, of) => ({ type, person: of(userId), by: of(by) }),
  'speak:renamed': ({ type, userId }, of) => ({ type, person: of(userId) }),
  'comments:muted': ({ type, userId, muted, by }, of) => ({ type, person: of(userId), muted, by: of(by) }),
  'member:unbanned': ({ type, userId, by }, of) => ({ type, person: of(userId), by: of(by) }),
  'voice:recorded': ({ type, userId, recorded }, of) => ({ type, person: of(userId), recorded })
}

function publishedJingle(jingle: Jingle | null, of: PseudonymOf) {
  if (jingle === null) return null
  const { songId, startedAt, durationMs, by } = jingle
  return { songId, startedAt, durationMs, by: of(by) }
}

function publishedPlayback({ status, item, positionMs, at }: Playback) {
  if (item === null) return { status, item, positionMs, at }
  const { id, kind, songId, trackId, durationMs } = item
  return {
    status,
    item: { id, kind, ...(songId !== undefined && { songId }), ...(trackId !== undefined && { trackId }), durationMs },
    positionMs,
    at
  }
}

const fitsSchema = new Ajv({ strict: false }).compile<PublishedEvent>(PublishedEvent)

function publish<T extends LoggedType>(type: T, event: LoggedEvents[T], pseudonymOf: PseudonymOf): PublishedEvent {
  return table[type](event, pseudonymOf)
}

/**
 * Returns an event of a log as it leaves the server: people are pseudonyms, words of people are left out. A record that
 * this build cannot read, of a newer build or damaged, becomes `record:unreadable`, so that places have no gap.
 */
export function publishedEvent(event: LoggedEvent, pseudonymOf: PseudonymOf): PublishedEvent {
  try {
    const published = publish(event.type, event, pseudonymOf)
    if (fitsSchema(published)) return published
  } catch {
    // A stored record can have any shape.
  }
  return { type: 'record:unreadable' }
}
