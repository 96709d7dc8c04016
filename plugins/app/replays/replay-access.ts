import { CodedError } from '../../../contract/errors.ts'
import type { FileRequester, Tickets } from '../identity/audio-tickets.ts'
import type { Blocks } from '../people/blocks.ts'
import type { ShowDocument } from '../shows/document.ts'
import type { ShowGuard } from '../shows/show-guard.ts'
import type { ReplayedPart } from '../transcripts/replay-transcripts.ts'
import { publishedSince, type MixedReplay, type ReplayDocument, type ReplayTable } from './document.ts'

/** A replay, its show, and the rights of the caller. */
export interface AccessibleReplay {
  readonly replay: ReplayDocument
  readonly show: ShowDocument
  readonly isCreator: boolean
}

/** A mixed replay whose files the requester may read. */
export interface ReadableReplay {
  readonly replay: ReplayDocument
  readonly mixed: MixedReplay
  /** Anybody may read it, without a ticket. */
  readonly isOpen: boolean
}

export interface ReplayAccessParts {
  replays: ReplayTable
  showGuard: Pick<ShowGuard, 'authorize' | 'get' | 'isHost'>
  blocks: Pick<Blocks, 'has'>
  tickets: Tickets
}

export type ReplayAccess = ReturnType<typeof createReplayAccess>

/** Decides who may hear replays. Hosts may hear any replay of their show; others a published one of a show they see. */
export function createReplayAccess({ replays, showGuard, blocks, tickets }: ReplayAccessParts) {
  async function findReplay(showId: string): Promise<ReplayDocument | null> {
    return await replays.findOne({ _id: showId, state: { $ne: 'leaving' } })
  }

  /** Throws NOT_FOUND unless a person who sees the show may hear its replay. */
  async function assertListener(replay: ReplayDocument, show: ShowDocument, userId: string | null): Promise<void> {
    if (await showGuard.isHost(show, userId)) return
    const isBlocked = userId !== null && (await blocks.has(show.creatorId, userId))
    if (publishedSince(replay) === null || isBlocked) throw noSuchReplay()
  }

  /** Throws NOT_FOUND, also for an unpublished replay of a show whose host the caller is not. */
  async function getReplay(showId: string, callerId: string | null): Promise<AccessibleReplay> {
    const show = await showGuard.authorize('see', showId, callerId)
    const replay = await findReplay(showId)
    if (!replay) throw noSuchReplay()
    await assertListener(replay, show, callerId)
    return { replay, show, isCreator: callerId === show.creatorId }
  }

  function isOpen(replay: ReplayDocument, { visibility }: Pick<ShowDocument, 'visibility'>): boolean {
    return publishedSince(replay) !== null && visibility !== 'private'
  }

  /** A ticket is for one version, and only while the replay stays published, unpublished or taken down. */
  function subjectOf(replay: ReplayDocument, { version }: MixedReplay): [string, string] {
    const { _id, takenDown } = replay
    const published = `${version} ${publishedSince(replay)?.getTime() ?? 0}`
    return [_id, takenDown ? `${published} ${takenDown.at.getTime()}` : published]
  }

  return {
    get: getReplay,

    /** Whether anybody may read the files of the replay. */
    isOpen,

    /** Returns a ticket for the files of a replay. */
    ticketFor: (replay: ReplayDocument, mixed: MixedReplay): string => tickets.issue(...subjectOf(replay, mixed)),

    /** Returns the part of a show that a person, or somebody without an account, may hear; null for nothing. */
    async findAudiblePart(showId: string, userId: string | null): Promise<ReplayedPart | null> {
      return await getReplay(showId, userId).then(
        ({ replay }) => (publishedSince(replay) !== null && replay.mixed !== undefined ? partOf(replay) : null),
        (error: unknown) => {
          if (error instanceof CodedError && error.code === 'NOT_FOUND') return null
          throw error
        }
      )
    },

    /** Returns a mixed replay for a reader of its files. Throws NOT_FOUND. */
    async getReadable(showId: string, { userId, ticket }: FileRequester): Promise<ReadableReplay> {
      const replay = await findReplay(showId)
      const mixed = replay?.mixed
      if (!replay || !mixed) throw noSuchReplay()
      const hasTicket = ticket !== undefined && tickets.isValid(ticket, ...subjectOf(replay, mixed))
      const show = hasTicket ? await showGuard.get(showId) : await showGuard.authorize('see', showId, userId)
      if (!hasTicket) await assertListener(replay, show, userId)
      return { replay, mixed, isOpen: isOpen(replay, show) }
    },

    /**
     * Throws NOT_FOUND when a replay that is being read was taken down, unpublished, removed or mixed anew since then.
     */
    async assertNotWithdrawn({ replay, mixed: { version } }: Pick<ReadableReplay, 'replay' | 'mixed'>): Promise<void> {
      const current = await findReplay(replay._id)
      const isUnpublished = publishedSince(replay) !== null && !(current && publishedSince(current))
      const isTakenDown = current?.takenDown && !replay.takenDown
      if (current?.mixed?.version !== version || isUnpublished || isTakenDown) throw noSuchReplay()
    }
  }
}

/** Returns the part of a show that its replay has after trimming. */
export function partOf({ cut }: Pick<ReplayDocument, 'cut'>): ReplayedPart {
  return { from: cut.from ?? 0, to: cut.to ?? Infinity }
}

export function noSuchReplay(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such replay.')
}
