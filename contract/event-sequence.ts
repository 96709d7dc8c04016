import { Type, type Static } from 'typebox'
import { AudienceEvent } from './audience-events.ts'
import { maxPollOptions, minPollOptions, PollCounts } from './polls.ts'
import { Count, Exactly, Id, Nullable, OneOf, TimeMs, Version } from './primitives.ts'
import { RecordingEnd } from './recordings.ts'
import { ShowSettings } from './settings.ts'
import { EndReason } from './shows.ts'
import { SongLevelDb } from './song-level.ts'
import { maxSongRequests } from './song-requests.ts'

/** A pseudonym: a keyed hash of the user id. The same person has the same one in all shows. */
const person = Id
/** The pseudonym of the host who did it; null for the server and for operators. */
const by = Nullable(Id)

/** The player, without the words of the item: titles, artists and pictures stay on the server. */
const PublishedPlayback = Exactly({
  status: OneOf(['stopped', 'playing', 'paused']),
  item: Nullable(
    Exactly({
      id: Id,
      kind: OneOf(['song', 'spotify']),
      songId: Type.Optional(Id),
      trackId: Type.Optional(Id),
      durationMs: Type.Integer({ minimum: 0 })
    })
  ),
  positionMs: Type.Integer({ minimum: 0 }),
  at: TimeMs
})

/** A jingle, without the producer. */
const PublishedJingle = Exactly({
  songId: Id,
  startedAt: TimeMs,
  durationMs: Type.Integer({ minimum: 0 }),
  by: Id
})

/**
 * A record of a show's log as it leaves the server: people are pseudonyms, and names, pictures, reasons, titles and
 * descriptions are left out.
 */
export const PublishedEvent = Type.Union([
  Exactly({ type: Type.Literal('home:taken') }, { description: 'A node opened the room' }),
  Exactly({ type: Type.Literal('show:started') }),
  Exactly({ type: Type.Literal('show:resumed') }),
  Exactly({ type: Type.Literal('show:interrupted'), until: TimeMs }),
  Exactly({ type: Type.Literal('show:ended'), reason: EndReason }),
  Exactly({ type: Type.Literal('show:changed') }, { description: 'Title or description changed' }),
  Exactly({ type: Type.Literal('settings:changed'), settings: ShowSettings }),
  Exactly({ type: Type.Literal('playlist:changed'), playlistVersion: Version }),
  Exactly({ type: Type.Literal('playback:changed'), playback: PublishedPlayback }),
  Exactly({ type: Type.Literal('songLevel:changed'), levelDb: SongLevelDb, by }),
  Exactly(
    { type: Type.Literal('jingle:changed'), jingle: Nullable(PublishedJingle) },
    { description: 'A host played a jingle; null: it is over' }
  ),
  Exactly({ type: Type.Literal('floor:granted'), person, by: Id }),
  Exactly({ type: Type.Literal('stage:joined'), person, muted: Type.Boolean() }),
  Exactly({ type: Type.Literal('stage:heard'), person }, { description: 'The first packet of the voice arrived' }),
  Exactly({ type: Type.Literal('stage:suspended'), person }),
  Exactly({ type: Type.Literal('stage:renamed'), person }),
  Exactly({ type: Type.Literal('stage:left'), person, reason: OneOf(['stepDown', 'left', 'grace']) }),
  Exactly({
    type: Type.Literal('floor:revoked'),
    person,
    by,
    reason: OneOf(['revoked', 'removed', 'banned', 'bitrate'])
  }),
  Exactly({ type: Type.Literal('mute:changed'), person, muted: Type.Boolean(), by }),
  Exactly({ type: Type.Literal('cohost:changed'), person, cohost: Type.Boolean() }),
  Exactly(
    { type: Type.Literal('show:handedOver'), person, by },
    { description: 'The person runs the room from now on' }
  ),
  Exactly({ type: Type.Literal('member:removed'), person, ban: Type.Boolean(), by }),
  Exactly({ type: Type.Literal('recording:started'), by }),
  Exactly({ type: Type.Literal('recording:stopped'), by, reason: RecordingEnd }),
  Exactly({ type: Type.Literal('comment:pinned'), commentId: Id, person, by: Id }),
  Exactly({ type: Type.Literal('link:pinned'), by: Id }),
  Exactly({ type: Type.Literal('pin:removed'), by, reason: OneOf(['host', 'deleted']) }),
  Exactly({
    type: Type.Literal('poll:opened'),
    pollId: Id,
    optionCount: Type.Integer({ minimum: minPollOptions, maximum: maxPollOptions }),
    endsAt: Nullable(TimeMs),
    by: Id
  }),
  Exactly({ type: Type.Literal('poll:counted'), pollId: Id, counts: PollCounts }),
  Exactly({ type: Type.Literal('poll:closed'), pollId: Id, counts: PollCounts, by }),
  Exactly({ type: Type.Literal('poll:dismissed'), pollId: Id, by }),
  Exactly({
    type: Type.Literal('song:requested'),
    requestId: Id,
    songId: Id,
    durationMs: Type.Integer({ minimum: 0 })
  }),
  Exactly({
    type: Type.Literal('songs:counted'),
    counts: Type.Array(Exactly({ requestId: Id, votes: Count }), { maxItems: maxSongRequests })
  }),
  Exactly({
    type: Type.Literal('song:settled'),
    requestId: Id,
    songId: Id,
    reason: OneOf(['played', 'dismissed']),
    by
  }),
  Exactly({ type: Type.Literal('speak:requested'), requestId: Id, person, requestedAt: TimeMs }),
  Exactly({ type: Type.Literal('speak:withdrawn'), requestId: Nullable(Id), person, by }),
  Exactly({ type: Type.Literal('speak:rejected'), requestId: Nullable(Id), person, by }),
  Exactly({ type: Type.Literal('speak:invited'), person, by: Id }),
  Exactly({ type: Type.Literal('speak:renamed'), person }),
  Exactly({ type: Type.Literal('comments:muted'), person, muted: Type.Boolean(), by: Id }),
  Exactly({ type: Type.Literal('member:unbanned'), person, by: Id }),
  Exactly({ type: Type.Literal('voice:recorded'), person, recorded: Type.Boolean() }),
  Exactly(
    { type: Type.Literal('record:unreadable') },
    { description: 'Keeps the place of a record that this server cannot read, for example of a newer build' }
  )
])
export type PublishedEvent = Static<typeof PublishedEvent>

/** Fields of every message. `seq` is the place in its show and topic, counted from 1 without gaps. */
const messageFields = {
  v: Type.Literal(1, { description: 'Version of the message format' }),
  id: Type.String({ maxLength: 100, description: '`showId:seq`, unique in its topic' }),
  showId: Id,
  seq: Type.Integer({ minimum: 1, description: 'Place in the show and topic, from 1 without gaps' }),
  at: TimeMs
}

/** A message of the topic `show-events`: what happened in the room. */
export const ShowEventMessage = Exactly({ ...messageFields, event: PublishedEvent })
export type ShowEventMessage = Static<typeof ShowEventMessage>

/** A message of the topic `presence`: what the audience did. */
export const PresenceMessage = Exactly({ ...messageFields, event: AudienceEvent })
export type PresenceMessage = Static<typeof PresenceMessage>

/** The two ordered streams of a show: its log, and what its audience did. */
export const sequenceStreams = ['log', 'audience'] as const
export type SequenceStream = (typeof sequenceStreams)[number]

/** Names of the topics behind the prefix, for each stream. */
export const topicOfStream = { log: 'show-events', audience: 'presence' } as const

/** Schema of the messages of each stream. */
export const messageOfStream = { log: ShowEventMessage, audience: PresenceMessage } as const
