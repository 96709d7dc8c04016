import type { FastifyBaseLogger } from 'fastify'
import { playlistActions, type PlaylistSign } from '../../contract/playlist.ts'
import type { ReactionBatch } from '../../contract/reactions.ts'
import type { SpeakingLevel } from '../../contract/speaking.ts'
import { parsedObject } from '../../plugins/app/operations/parsed-object.ts'
import type { Bus, Unsubscribe } from './bus.ts'

/** A sign of a host on one node who edits the playlist. */
export interface EditingCast extends PlaylistSign {
  readonly kind: 'editing'
  readonly userId: string
  readonly presenceId: string
}

/** News of a show between nodes. They may be lost. */
export type ShowCast =
  /** Reactions of the members of one node, for the home. */
  | { readonly kind: 'counted'; readonly counts: ReactionBatch['counts'] }
  /** Reactions of all members, from the home. */
  | { readonly kind: 'reactions'; readonly counts: ReactionBatch['counts'] }
  /** Levels of the speakers on one node. */
  | { readonly kind: 'levels'; readonly nodeId: string; readonly levels: SpeakingLevel[] }
  /** For all nodes with members of the show. */
  | EditingCast

/** Messages between the nodes of a show that may be lost. */
export interface ShowCasts {
  /** Receives what other nodes send about a show, until it is left. May be called again. */
  join(showId: string): void
  leave(showId: string): void
  send(showId: string, cast: ShowCast): void
}

export interface ShowCastsParts {
  bus: Pick<Bus, 'cast' | 'listen'>
  onCast(showId: string, cast: ShowCast): void
  logger: Pick<FastifyBaseLogger, 'warn'>
}

const channelOf = (showId: string) => `show:${showId}`

export function createShowCasts({ bus, onCast, logger }: ShowCastsParts): ShowCasts {
  const joined = new Map<string, Unsubscribe>()

  function receive(showId: string, message: string): void {
    const cast = parseCast(message)
    if (cast) onCast(showId, cast)
    else logger.warn({ showId }, 'message about a show dropped, because it does not parse')
  }

  return {
    join(showId) {
      if (!joined.has(showId)) {
        joined.set(
          showId,
          bus.listen(channelOf(showId), message => receive(showId, message))
        )
      }
    },
    leave(showId) {
      joined.get(showId)?.()
      joined.delete(showId)
    },
    send: (showId, cast) => bus.cast(channelOf(showId), JSON.stringify(cast))
  }
}

function parseCast(message: string): ShowCast | undefined {
  const cast = parsedObject(message)
  return cast && isCast(cast) ? cast : undefined
}

function isCast(cast: object): cast is ShowCast {
  const { kind, counts, nodeId, levels }: Record<string, unknown> = { ...cast }
  if (kind === 'editing') return isEditing({ ...cast })
  if (kind === 'levels') return typeof nodeId === 'string' && Array.isArray(levels) && levels.every(isLevel)
  return (kind === 'counted' || kind === 'reactions') && isCounts(counts)
}

function isEditing({ userId, presenceId, itemId, action }: Record<string, unknown>): boolean {
  const isKnown = action === null || playlistActions.some(known => known === action)
  return [userId, presenceId, itemId ?? ''].every(id => typeof id === 'string') && isKnown
}

function isLevel(level: unknown): boolean {
  if (typeof level !== 'object' || level === null) return false
  const { userId, volume } = { userId: null, volume: null, ...level }
  return typeof userId === 'string' && typeof volume === 'number'
}

function isCounts(counts: unknown): boolean {
  if (typeof counts !== 'object' || counts === null) return false
  return Object.values(counts).every(count => Number.isSafeInteger(count) && count > 0)
}
