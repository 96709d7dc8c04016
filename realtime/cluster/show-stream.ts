import type { FastifyBaseLogger } from 'fastify'
import { Deposed, type Bus } from './bus.ts'
import { encodeEntry, type EntryContent } from './entries.ts'

/** The stream of one show, as its home writes it. While no other node follows, it writes nothing. */
export interface ShowStream {
  /** Token of the home's fence record. */
  readonly token: number
  /** Number of the last entry. */
  readonly position: number
  /** Nodes that have members in the show, without the home. */
  readonly followers: ReadonlySet<string>
  addFollower(nodeId: string): void
  removeFollower(nodeId: string): void
  /** Appends an entry. Entries keep their order; one that cannot be written leaves a gap, which followers notice. */
  publish(content: EntryContent): void
  /** Appends an entry even when nobody follows: nodes that followed the home before look for the new one. */
  publishMoved(): void
}

export interface ShowStreamParts {
  showId: string
  token: number
  bus: Pick<Bus, 'publish'>
  /** Another node is the home: this one must stop. */
  onDeposed(error: Deposed): void
  logger: Pick<FastifyBaseLogger, 'warn'>
}

export function createShowStream({ showId, token, bus, onDeposed, logger }: ShowStreamParts): ShowStream {
  const followers = new Set<string>()
  let position = 0
  let isFailing = false

  function append(content: EntryContent): void {
    position++
    bus.publish(showId, token, encodeEntry({ ...content, token, n: position })).then(
      () => {
        isFailing = false
      },
      (error: unknown) => {
        if (error instanceof Deposed) return onDeposed(error)
        if (!isFailing) logger.warn({ err: error, showId }, 'events do not reach other nodes')
        isFailing = true
      }
    )
  }

  return {
    token,
    get position() {
      return position
    },
    followers,
    addFollower: nodeId => followers.add(nodeId),
    removeFollower: nodeId => followers.delete(nodeId),
    publish(content) {
      if (followers.size > 0) append(content)
    },
    publishMoved: () => append({ kind: 'moved' })
  }
}
