import type { FastifyBaseLogger } from 'fastify'
import type { Playback } from '../../contract/playback.ts'
import { isQuiet } from '../../contract/room.ts'
import type { RoomAudio } from './room-audio.ts'
import type { Actor } from '../room/commands.ts'
import type { House, HouseEvent } from '../room/server-room-state.ts'
import { upNext } from '../room/playback.ts'

/** Makes what a room decides true on its media before anybody is told: nobody hears of a silence that is not there yet. */
export interface OnAir {
  /** Plays it, and says where it is heard. Throws what an asker can be told: NOT_FOUND, UNSUPPORTED_MEDIA, UNAVAILABLE. */
  play(playback: Playback, actor: Actor): Promise<Playback>
  /** To be awaited before the event happens. */
  prepare(event: HouseEvent): Promise<void>
  /** Reads ahead what comes after what plays now. */
  prepareNext(): void
}

export interface OnAirParts {
  audio: Pick<RoomAudio, 'admitProducer' | 'closeProducer' | 'setMuted' | 'play' | 'prepare' | 'close'>
  /** The state now. */
  house(): House
  logger: Pick<FastifyBaseLogger, 'error'>
}

/** `house` is asked each time: a room replaces it with every event. */
export function createOnAir({ audio, house, logger }: OnAirParts): OnAir {
  const sessionOf = (userId: string): string | null => house().members.get(userId)?.sessionId ?? null

  /** Silences the stage as a whole, or gives everybody back the voice they had. */
  async function hush(quiet: boolean): Promise<void> {
    const { room } = house()
    if (quiet === isQuiet(room)) return
    await Promise.all(
      room.stage.map(async ({ userId, muted }) => await audio.setMuted(sessionOf(userId), muted || quiet))
    )
  }

  return {
    /** Nobody can be told that it can't be played where nobody asked: then it is silent. */
    async play(playback, actor) {
      try {
        return { ...playback, producerId: await audio.play(playback) }
      } catch (error) {
        if (actor.kind !== 'server') throw error
        logger.error({ err: error, itemId: playback.item?.id }, 'an item could not be played')
        return { ...playback, producerId: null }
      }
    },

    async prepare(event) {
      const { room } = house()
      switch (event.type) {
        case 'stage:suspended':
        case 'stage:left':
        case 'floor:revoked':
          return await audio.closeProducer(sessionOf(event.userId))
        case 'mute:changed':
          return await audio.setMuted(sessionOf(event.userId), event.muted || isQuiet(room))
        case 'stage:joined':
          return await audio.admitProducer(sessionOf(event.userId), event.producerId, event.muted || isQuiet(room))
        case 'playback:changed':
          return await hush(isQuiet({ ...room, playback: event.playback }))
        case 'settings:changed':
          return await hush(isQuiet({ ...room, settings: event.settings }))
        case 'show:ended':
          return await audio.close()
      }
    },

    prepareNext() {
      audio.prepare(house().room.playback.status === 'playing' ? upNext(house()) : undefined)
    }
  }
}
