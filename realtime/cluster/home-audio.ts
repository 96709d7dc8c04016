import type { FastifyBaseLogger } from 'fastify'
import type { RoomAudio } from '../audio/room-audio.ts'
import type { Bus } from './bus.ts'
import type { Peers } from './peers.ts'
import { nodeOfPresence } from './presence-ids.ts'
import { quickTimeoutMs } from './room-calls.ts'

export interface HomeAudioParts {
  showId: string
  nodeId: string
  /** Returns the nodes that are alive. Throws UNAVAILABLE. */
  nodes: Bus['nodes']
  peers: Pick<Peers, 'ask'>
  logger: Pick<FastifyBaseLogger, 'warn'>
}

/**
 * The audio of a show as its home uses it. A presence on another node is admitted, muted and closed there, before the
 * members learn of it. A node that does not answer in time changes its audio when it receives the event.
 */
export function createHomeAudio(local: RoomAudio, { showId, nodeId, nodes, peers, logger }: HomeAudioParts): RoomAudio {
  const isElsewhere = (presenceId: string | null): presenceId is string =>
    presenceId !== null && nodeOfPresence(presenceId) !== nodeId

  async function ask(presenceId: string, kind: string, body: object): Promise<void> {
    await peers.ask(nodeOfPresence(presenceId), kind, { showId, presenceId, ...body }, quickTimeoutMs)
  }

  /** A node that is gone has no audio. Waiting for its answer would hold up the room for each of its speakers. */
  async function isGone(presenceId: string): Promise<boolean> {
    const living = await nodes().catch(() => null)
    return living !== null && !living.some(node => node.nodeId === nodeOfPresence(presenceId))
  }

  async function tell(presenceId: string, kind: string, body: object): Promise<void> {
    if (await isGone(presenceId)) return
    await ask(presenceId, kind, body).catch((error: unknown) =>
      logger.warn({ err: error, showId, presenceId, kind }, 'another node did not change its audio in time')
    )
  }

  return {
    ...local,
    async admitProducer(presenceId, producerId, muted) {
      if (isElsewhere(presenceId)) await ask(presenceId, 'audio:admit', { producerId, muted })
      else await local.admitProducer(presenceId, producerId, muted)
    },
    async closeProducer(presenceId) {
      if (isElsewhere(presenceId)) await tell(presenceId, 'audio:close', {})
      else await local.closeProducer(presenceId)
    },
    async setMuted(presenceId, muted) {
      if (isElsewhere(presenceId)) await tell(presenceId, 'audio:mute', { muted })
      else await local.setMuted(presenceId, muted)
    }
  }
}
