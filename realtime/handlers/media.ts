import type { IceServer } from '../../contract/media.ts'
import type { Handlers } from '../sockets/gate.ts'
import { check, command } from '../sockets/membership.ts'
import type { AmbientSocket } from '../sockets/socket-data.ts'
import type { SessionAudio } from '../audio/session-audio.ts'
import type { ShowAudios } from '../audio/show-audios.ts'

type MediaEvent = Extract<keyof Handlers, `media:${string}`>

export interface MediaHandlerParts {
  audios: ShowAudios
  /** STUN and TURN servers for this person, with credentials that end soon. */
  iceServers(userId: string): IceServer[]
}

/** A session's transports, producer and consumers. Ids of anybody else's are NOT_FOUND, since only one's own are looked at. */
export function mediaHandlers({ audios, iceServers }: MediaHandlerParts): Pick<Handlers, MediaEvent> {
  function mine(socket: AmbientSocket): SessionAudio {
    const { room, actor } = check(socket, { type: 'media:use' })
    return audios.session(room.showId, actor.sessionId)
  }

  return {
    async 'media:createTransport'(socket, { direction }) {
      const transport = await mine(socket).createTransport(direction)
      return { ...transport, iceServers: iceServers(socket.data.identity.userId) }
    },
    async 'media:connectTransport'(socket, { transportId, dtlsParameters }) {
      await mine(socket).connectTransport(transportId, dtlsParameters)
      return {}
    },
    async 'media:restartIce'(socket, { transportId }) {
      const iceParameters = await mine(socket).restartIce(transportId)
      return { iceParameters, iceServers: iceServers(socket.data.identity.userId) }
    },
    async 'media:closeTransport'(socket, { transportId }) {
      await mine(socket).closeTransport(transportId)
      return {}
    },
    /** The floor is asked for twice: before anything is made, and before anybody can hear it. */
    async 'media:produce'(socket, { transportId, rtpParameters, muted }, answerNow) {
      const { room, actor } = check(socket, { type: 'media:produce' })
      const audio = audios.session(room.showId, actor.sessionId)
      const producerId = await audio.produce({ transportId, rtpParameters })
      let isAdmitted = false
      try {
        // Whoever is heard is told so, even when the store is slow to take it down.
        await command(socket, { type: 'media:produced', producerId, ...(muted !== undefined && { muted }) }, () => {
          isAdmitted = true
          answerNow({ producerId })
        })
      } catch (error) {
        if (!isAdmitted) audio.dropProducer(producerId)
        throw error
      }
      return { producerId }
    },
    async 'media:consume'(socket, { producerId, rtpCapabilities }) {
      const { id: consumerId, ...consumer } = await mine(socket).consume({ producerId, rtpCapabilities })
      return { consumerId, ...consumer }
    },
    async 'media:resumeConsumer'(socket, { consumerId }) {
      await mine(socket).resumeConsumer(consumerId)
      return {}
    },
    async 'media:pauseConsumer'(socket, { consumerId }) {
      await mine(socket).pauseConsumer(consumerId)
      return {}
    },
    async 'media:closeConsumer'(socket, { consumerId }) {
      await mine(socket).closeConsumer(consumerId)
      return {}
    }
  }
}
