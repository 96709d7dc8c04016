import pTimeout from 'p-timeout'
import { CodedError } from '../../contract/errors.ts'
import type { ReceiveOrder, Reception } from '../../contract/reception.ts'
import type { ShowVoices } from '../cluster/show-voices.ts'
import type { MemberActor } from '../room/commands.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import type { Room } from '../rooms/room.ts'
import type { AmbientSocket } from '../sockets/socket-data.ts'
import type { PresenceAudio } from './presence-audio.ts'
import type { ShowAudios } from './show-audios.ts'
import type { TurnCredentials } from './turn-credentials.ts'

/** A voice of another node that is not here by then has no consumer in the answer. */
const reachTimeoutMs = 500

/** A receive transport with consumers that wait for its connection. */
export interface OpenedReception {
  /** Returns the client's part; undefined when the transport is closed: a dead worker takes it along. */
  answerTo(socket: AmbientSocket): Reception | undefined
}

/** Prepares receiving for presences that join. */
export interface Receptions {
  /**
   * Creates the receive transport of a presence, and consumers of everything that can be heard, at the same time. They
   * send nothing before the transport is connected, which only a member can do. Leaves out consumers that cannot be
   * created. Returns undefined without a transport.
   */
  open(room: Room, actor: MemberActor, order: ReceiveOrder): Promise<OpenedReception | undefined>
}

export interface ReceptionsParts {
  audios: Pick<ShowAudios, 'getPresence'>
  /** Receives voices of other nodes. */
  voices: Pick<ShowVoices, 'reach'>
  turnCredentials: TurnCredentials
}

export function createReceptions({ audios, voices, turnCredentials }: ReceptionsParts): Receptions {
  return {
    async open({ showId, state }, { userId, presenceId }, order) {
      const audio = audios.getPresence(showId, presenceId)
      const reach = async (producerId: string) =>
        await pTimeout(voices.reach(showId, state, producerId), { milliseconds: reachTimeoutMs })
      const [transport, reached] = await Promise.all([
        createTransport(audio),
        fulfilled(audibleTo(userId, state).map(async producerId => await reach(producerId).then(() => producerId)))
      ])
      if (!transport) return undefined
      const consumers = await fulfilled(
        reached.map(async producerId => {
          const { id: consumerId, ...consumer } = await audio.consume({ ...order, producerId, paused: false })
          return { consumerId, ...consumer }
        })
      )
      return {
        answerTo: socket =>
          audio.hasTransport(transport.id)
            ? { transport: { ...transport, iceServers: turnCredentials.give(socket) }, consumers }
            : undefined
      }
    }
  }
}

/** The voices on stage except the person's own, the song and the jingle. */
function audibleTo(userId: string, { room: { stage, playback, jingle } }: ServerRoomState): string[] {
  const voices = stage.map(member => (member.userId === userId ? null : member.producerId))
  return [...voices, playback.producerId, jingle?.producerId ?? null].filter(id => id !== null)
}

/** Returns undefined when the audio is being restored: a join does not wait for that. */
async function createTransport(audio: PresenceAudio) {
  try {
    return await audio.createTransport('recv')
  } catch (error) {
    if (error instanceof CodedError) return undefined
    throw error
  }
}

async function fulfilled<T>(promises: Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises)
  return results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
}
