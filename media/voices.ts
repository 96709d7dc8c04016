import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { Station } from './station.ts'

/** A producer that may be heard, and the routers it reaches. */
interface Voice {
  readonly producer: types.Producer
  readonly userId: string | null
  readonly station: Station
  /** By router id; the promise is kept, so that a thousand listeners arriving at once make one pipe. */
  readonly pipes: Map<string, Promise<unknown>>
}

/** Everything that can be heard in a show, on whichever of its routers. */
export interface Voices {
  add (producer: types.Producer, userId: string | null, station: Station): void
  remove (producerId: string): void
  /** Makes the producer available on that station's router and says whose it is. Throws NOT_FOUND. */
  reach (producerId: string, station: Station): Promise<string | null>
  has (producerId: string): boolean
}

export function createVoices (): Voices {
  const voices = new Map<string, Voice>()

  async function pipe (voice: Voice, { router }: Station): Promise<void> {
    if (voice.station.router === router) return
    const piping = voice.pipes.get(router.id) ?? voice.station.router.pipeToRouter({ producerId: voice.producer.id, router })
    voice.pipes.set(router.id, piping)
    try {
      await piping
    } catch (error) {
      voice.pipes.delete(router.id)
      throw error
    }
  }

  return {
    add (producer, userId, station) {
      voices.set(producer.id, { producer, userId, station, pipes: new Map() })
    },
    remove: producerId => { voices.delete(producerId) },
    has: producerId => voices.has(producerId),
    async reach (producerId, station) {
      const voice = voices.get(producerId)
      if (!voice) throw new CodedError('NOT_FOUND', 'There is no such producer.')
      await pipe(voice, station)
      return voice.userId
    }
  }
}
