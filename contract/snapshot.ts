import { Type, type Static } from 'typebox'
import { Jingle } from './jingles.ts'
import { Pin } from './pins.ts'
import { Playback } from './playback.ts'
import { Poll } from './polls.ts'
import { Exactly, Id, Nullable, OneOf, TimeMs, Version } from './primitives.ts'
import { ActiveRecording } from './recordings.ts'
import { ShowSettings } from './settings.ts'
import { CoverUrl, ShowStatus } from './shows.ts'
import { SongLevelDb } from './song-level.ts'
import { maxSongRequests, SongRequest } from './song-requests.ts'
import { Role } from './users.ts'

const personFields = { userId: Id, displayName: Type.String(), avatarUrl: Nullable(Type.String()) }

/** A person with the floor. `producerId` is null while they are not heard. */
export const StageMember = Exactly({
  ...personFields,
  state: OneOf(['granted', 'onStage', 'suspended']),
  muted: Type.Boolean(),
  producerId: Nullable(Id),
  silent: Type.Optional(Type.Boolean({ description: 'True: no packet of this voice has arrived yet' }))
})
export type StageMember = Static<typeof StageMember>

/** A person who has asked to speak. `position` is their place in the queue, from 1 on. */
export const QueueEntry = Exactly({
  requestId: Id,
  ...personFields,
  reason: Type.String(),
  requestedAt: TimeMs,
  position: Type.Integer({ minimum: 1 })
})
export type QueueEntry = Static<typeof QueueEntry>

/** A person whom a host has invited on stage, and who has not answered yet. */
export const Invited = Exactly({ ...personFields, by: Id })
export type Invited = Static<typeof Invited>

/**
 * The room at one moment, for one person. Hosts get all of `queue`, `invited`, `commentMutedIds` and `unrecordedIds`;
 * other members get their own entries, and `queueLength`. `version` is that of the last room event it contains.
 */
export const Snapshot = Exactly({
  showId: Id,
  version: Version,
  queueVersion: Version,
  status: ShowStatus,
  until: Nullable(TimeMs),
  creatorId: Id,
  ownerId: Type.Optional({
    ...Id,
    description: 'The co-host to whom the show was handed over. Absent: the creator runs the room'
  }),
  cohostIds: Type.Array(Id),
  title: Type.String(),
  description: Type.String(),
  tags: Type.Optional(Type.Array(Type.String())),
  coverUrl: Type.Optional(CoverUrl),
  stage: Type.Array(StageMember),
  queue: Type.Array(QueueEntry),
  queueLength: Type.Integer({ minimum: 0 }),
  invited: Type.Array(Invited),
  commentMutedIds: Type.Array(Id),
  me: Exactly({
    role: Role,
    speak: OneOf(['off', 'requested', 'invited', 'granted', 'onStage', 'suspended'])
  }),
  playback: Playback,
  songLevelDb: Type.Optional(SongLevelDb),
  jingle: Type.Optional(Jingle),
  settings: ShowSettings,
  playlistVersion: Version,
  recording: Type.Optional(ActiveRecording),
  unrecordedIds: Type.Optional(
    Type.Array(Id, { description: 'The speakers whose voices are not being recorded now, although the show is' })
  ),
  pin: Type.Optional(Pin),
  poll: Type.Optional(Poll),
  songRequests: Type.Optional(Type.Array(SongRequest, { maxItems: maxSongRequests })),
  listenerCount: Type.Integer({ minimum: 0 }),
  serverTime: TimeMs
})
export type Snapshot = Static<typeof Snapshot>
