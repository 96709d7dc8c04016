import { Type, type Static } from 'typebox'
import { Jingle } from './jingles.ts'
import { PinnedCommentFields, PinnedUrl } from './pins.ts'
import { Playback } from './playback.ts'
import { PollCounts, PollOptions } from './polls.ts'
import { Count, Exactly, Id, Nullable, OneOf, TimeMs, Version } from './primitives.ts'
import { RecordingEnd } from './recordings.ts'
import { ShowSettings } from './settings.ts'
import { EndReason } from './shows.ts'
import { SongLevelDb } from './song-level.ts'
import { maxSongRequests, RequestableSong } from './song-requests.ts'
import { LinkLabel, PollQuestion } from './text.ts'

const personFields = { userId: Id, displayName: Type.String(), avatarUrl: Nullable(Type.String()) }
const by = Nullable(Id)

/** Events of the stage and the show. Sent to all members as `room:event`. */
export const RoomEvent = Type.Union([
  Exactly({ type: Type.Literal('show:started') }),
  Exactly({ type: Type.Literal('show:resumed') }),
  Exactly({ type: Type.Literal('show:interrupted'), until: TimeMs }),
  Exactly({ type: Type.Literal('show:ended'), reason: EndReason }),
  Exactly({
    type: Type.Literal('show:changed'),
    title: Type.String(),
    description: Type.String(),
    tags: Type.Optional(Type.Array(Type.String(), { description: 'Missing in events of earlier builds' })),
    coverUrl: Type.Optional(
      Nullable(Type.String({ description: 'The new picture of the show; null: removed. Missing: not changed' }))
    )
  }),
  Exactly({ type: Type.Literal('settings:changed'), settings: ShowSettings }),
  Exactly({ type: Type.Literal('playlist:changed'), playlistVersion: Version }),
  Exactly({ type: Type.Literal('playback:changed'), playback: Playback }),
  Exactly({ type: Type.Literal('songLevel:changed'), levelDb: SongLevelDb, by }),
  Exactly({ type: Type.Literal('jingle:changed'), jingle: Nullable(Jingle) }),
  Exactly({ type: Type.Literal('floor:granted'), ...personFields, by: Id }),
  Exactly({
    type: Type.Literal('stage:joined'),
    userId: Id,
    producerId: Id,
    muted: Type.Boolean(),
    silent: Type.Optional(
      Type.Boolean({
        description: 'True: no packet of this voice has arrived yet. `stage:heard` follows the first one'
      })
    )
  }),
  Exactly({ type: Type.Literal('stage:heard'), userId: Id, producerId: Id }),
  Exactly({ type: Type.Literal('stage:suspended'), userId: Id }),
  Exactly({ type: Type.Literal('stage:renamed'), ...personFields }),
  Exactly({ type: Type.Literal('stage:left'), userId: Id, reason: OneOf(['stepDown', 'left', 'grace']) }),
  Exactly({
    type: Type.Literal('floor:revoked'),
    userId: Id,
    by,
    reason: OneOf(['revoked', 'removed', 'banned', 'bitrate'])
  }),
  Exactly({ type: Type.Literal('mute:changed'), userId: Id, muted: Type.Boolean(), by }),
  Exactly({ type: Type.Literal('cohost:changed'), userId: Id, cohost: Type.Boolean(), by: Type.Optional(by) }),
  Exactly({
    type: Type.Literal('show:handedOver'),
    ...personFields,
    by: Nullable({ ...Id, description: 'Null: the server gave the room back to its creator' })
  }),
  Exactly({ type: Type.Literal('member:removed'), userId: Id, ban: Type.Boolean(), by }),
  Exactly({ type: Type.Literal('recording:started'), by }),
  Exactly({ type: Type.Literal('recording:stopped'), by, reason: RecordingEnd }),
  Exactly({ type: Type.Literal('comment:pinned'), ...PinnedCommentFields, by: Id }),
  Exactly({ type: Type.Literal('link:pinned'), url: PinnedUrl, text: LinkLabel, by: Id }),
  Exactly({ type: Type.Literal('pin:removed'), by, reason: OneOf(['host', 'deleted']) }),
  Exactly({
    type: Type.Literal('poll:opened'),
    pollId: Id,
    question: PollQuestion,
    options: PollOptions,
    endsAt: Nullable(TimeMs),
    by: Id
  }),
  Exactly({ type: Type.Literal('poll:counted'), pollId: Id, counts: PollCounts }),
  Exactly({ type: Type.Literal('poll:closed'), pollId: Id, counts: PollCounts, by }),
  Exactly({
    type: Type.Literal('poll:dismissed'),
    pollId: Id,
    by: Nullable({ ...Id, description: 'Null: the account of its host was erased' })
  }),
  Exactly({ type: Type.Literal('song:requested'), requestId: Id, ...RequestableSong.properties }),
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
  })
])
export type RoomEvent = Static<typeof RoomEvent>

/**
 * Events of the request queue, decisions of hosts that not all members see, and failures of the recording of a voice.
 * Sent as `queue:event` to the creator, the co-hosts and the person concerned. A further type has `isPrivate: true`: a
 * node of an earlier build, which would take it for a room event and send it to everybody, knows it by that.
 */
export const QueueEvent = Type.Union([
  Exactly({
    type: Type.Literal('speak:requested'),
    requestId: Id,
    ...personFields,
    reason: Type.String(),
    requestedAt: TimeMs
  }),
  Exactly({ type: Type.Literal('speak:withdrawn'), requestId: Nullable(Id), userId: Id, by }),
  Exactly({ type: Type.Literal('speak:rejected'), requestId: Nullable(Id), userId: Id, by }),
  Exactly({ type: Type.Literal('speak:invited'), ...personFields, by: Id }),
  Exactly({ type: Type.Literal('speak:renamed'), ...personFields }),
  Exactly({ type: Type.Literal('comments:muted'), userId: Id, muted: Type.Boolean(), by: Id }),
  Exactly({ type: Type.Literal('member:unbanned'), userId: Id, by: Id }),
  Exactly({ type: Type.Literal('voice:recorded'), userId: Id, recorded: Type.Boolean() })
])
export type QueueEvent = Static<typeof QueueEvent>

/** A room event on the wire. `version` is that of the room after the event, `at` the server time in ms. */
export const StampedRoomEvent = Exactly({ version: Version, at: TimeMs, event: RoomEvent })
export type StampedRoomEvent = Static<typeof StampedRoomEvent>

/** A queue event on the wire. `queueVersion` is that of the queue after the event, `at` the server time in ms. */
export const StampedQueueEvent = Exactly({ queueVersion: Version, at: TimeMs, event: QueueEvent })
export type StampedQueueEvent = Static<typeof StampedQueueEvent>

export type StampedEvent = StampedRoomEvent | StampedQueueEvent

/** An event in the log of a show. `seq` is its place, counted from 1 without gaps; `at` is the server time in ms. */
export interface RoomRecord {
  readonly seq: number
  readonly at: number
  readonly event: RoomEvent | QueueEvent
}
