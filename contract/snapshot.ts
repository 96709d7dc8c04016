import { Type, type Static } from 'typebox'
import { Playback } from './playback.ts'
import { Exactly, Id, Nullable, OneOf, TimeMs, Version } from './primitives.ts'
import { ShowSettings } from './settings.ts'
import { ShowStatus } from './shows.ts'
import { Role } from './users.ts'

const who = { userId: Id, displayName: Type.String(), avatarUrl: Nullable(Type.String()) }

/** Somebody with the floor; `producerId` only while they are heard. */
export const StageMember = Exactly({
  ...who,
  state: OneOf(['granted', 'onStage', 'suspended']),
  muted: Type.Boolean(),
  producerId: Nullable(Id)
})
export type StageMember = Static<typeof StageMember>

/** Somebody who asked to speak; `position` is 1-based among those waiting. */
export const QueueEntry = Exactly({
  requestId: Id,
  ...who,
  reason: Type.String(),
  requestedAt: TimeMs,
  position: Type.Integer({ minimum: 1 })
})
export type QueueEntry = Static<typeof QueueEntry>

/** Somebody a host asked on stage and who has not answered. */
export const Invited = Exactly({ ...who, by: Id })
export type Invited = Static<typeof Invited>

/**
 * The room at one moment, for one person. The queue, the invitations and whose comments are refused are whole for
 * hosts; anybody else sees their own entry, if any, and `queueLength`. `version` is the last room event it contains.
 */
export const Snapshot = Exactly({
  showId: Id,
  version: Version,
  queueVersion: Version,
  status: ShowStatus,
  until: Nullable(TimeMs),
  creatorId: Id,
  cohostIds: Type.Array(Id),
  title: Type.String(),
  description: Type.String(),
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
  settings: ShowSettings,
  playlistVersion: Version,
  listenerCount: Type.Integer({ minimum: 0 }),
  serverTime: TimeMs
})
export type Snapshot = Static<typeof Snapshot>
