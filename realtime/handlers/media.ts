import { audioLevelUri } from '../../contract/media.ts'
import type { PresenceAudio } from '../audio/presence-audio.ts'
import type { ShowAudios } from '../audio/show-audios.ts'
import type { ShowVoices } from '../cluster/show-voices.ts'
import type { TurnCredentials } from '../audio/turn-credentials.ts'
import type { Handlers } from '../sockets/gate.ts'
import { checkCommand, runCommand } from '../sockets/membership.ts'
import type { AmbientSocket } from '../sockets/socket-data.ts'

type MediaEvent = Extract<keyof Handlers, `media:${string}`>

export interface MediaHandlerParts {
  audios: Pick<ShowAudios, 'getPresence'>
  /** Receives voices of other nodes. */
  voices: Pick<ShowVoices, 'reach'>
  turnCredentials: TurnCredentials
}

/**
 * A presence's transports, producer and consumers. The ids of other people are NOT_FOUND, because only the sender's own
 * ids are looked up.
 */
export function mediaHandlers({ audios, voices, turnCredentials }: MediaHandlerParts): Pick<Handlers, MediaEvent> {
  function getAudio(socket: AmbientSocket): PresenceAudio {
    const { room, actor } = checkCommand(socket, { type: 'media:use' })
    return audios.getPresence(room.showId, actor.presenceId)
  }

  return {
    async 'media:createTransport'(socket, { direction }) {
      const transport = await getAudio(socket).createTransport(direction)
      const answer = { ...transport, iceServers: turnCredentials.give(socket) }
      return direction === 'send' ? { ...answer, audioLevelUri } : answer
    },
    async 'media:connectTransport'(socket, { transportId, dtlsParameters }) {
      await getAudio(socket).connectTransport(transportId, dtlsParameters)
      return {}
    },
    async 'media:restartIce'(socket, { transportId }) {
      const iceParameters = await getAudio(socket).restartIce(transportId)
      return { iceParameters, iceServers: turnCredentials.give(socket) }
    },
    async 'media:closeTransport'(socket, { transportId }) {
      await getAudio(socket).closeTransport(transportId)
      return {}
    },
    /** The floor is checked twice: before anything is created, and before it can be heard. */
    async 'media:produce'(socket, { transportId, rtpParameters, muted }, answerNow) {
      const { room, actor } = checkCommand(socket, { type: 'media:produce' })
      const audio = audios.getPresence(room.showId, actor.presenceId)
      const producerId = await audio.produce({ transportId, rtpParameters })
      let isAdmitted = false
      try {
        // Answers as soon as the speaker is audible, even when the store is slow.
        const silent = audio.isSilent(producerId)
        const produced = { type: 'media:produced', producerId, silent, ...(muted !== undefined && { muted }) } as const
        await runCommand(socket, produced, () => {
          isAdmitted = true
          answerNow({ producerId })
        })
      } catch (error) {
        if (!isAdmitted) audio.dropProducer(producerId)
        throw error
      }
      return { producerId }
    },
    async 'media:consume'(socket, { producerId, ...order }) {
      const { room } = checkCommand(socket, { type: 'media:use' })
      await voices.reach(room.showId, room.state, producerId)
      const { id: consumerId, ...consumer } = await getAudio(socket).consume({ producerId, ...order })
      return { consumerId, ...consumer }
    },
    async 'media:resumeConsumer'(socket, { consumerId }) {
      await getAudio(socket).resumeConsumer(consumerId)
      return {}
    },
    async 'media:pauseConsumer'(socket, { consumerId }) {
      await getAudio(socket).pauseConsumer(consumerId)
      return {}
    },
    async 'media:closeConsumer'(socket, { consumerId }) {
      await getAudio(socket).closeConsumer(consumerId)
      return {}
    }
  }
}
