import type { FastifyBaseLogger } from 'fastify'
import type { RoomAudio } from '../audio/room-audio.ts'
import type { Peers } from './peers.ts'
import { nodeOfPresence } from './presence-ids.ts'
import { quickTimeoutMs } from './room-calls.ts'

export interface HomeAudioParts {
  showId: string
  nodeId: string
  peers: Pick<Peers, 'ask'>
  logger: Pick<FastifyBaseLogger, 'warn'>
}

/**
 * The audio of a show as its home uses it. A presence on another node is admitted, muted and closed there, before the
 * members learn of it. A node that does not answer in time changes its audio when it receives the event.
 */
export function createHomeAudio(local: RoomAudio, { showId, nodeId, peers, logger }: HomeAudioParts): RoomAudio {
  const isElsewhere = (presenceId: string | null): presenceId is string =>
    presenceId !== null && nodeOfPresence(presenceId) !== nodeId

  async function ask(presenceId: string, kind: string, body: object): Promise<void> {
    await peers.ask(nodeOfPresence(presenceId), kind, { showId, presenceId, ...body }, quickTimeoutMs)
  }

  async function tell(presenceId: string, kind: string, body: object): Promise<void> {
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
