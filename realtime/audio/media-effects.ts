import type { FastifyBaseLogger } from 'fastify'
import type { Playback } from '../../contract/playback.ts'
import { isQuiet } from '../../contract/room.ts'
import type { Actor } from '../room/commands.ts'
import type { ServerRoomEvent } from '../room/events.ts'
import { upNext } from '../room/playlist.ts'
import { presenceOf, type ServerRoomState } from '../room/server-room-state.ts'
import type { OpenedJingle } from './jingle-playback.ts'
import type { RoomAudio } from './room-audio.ts'
import type { OpenedPlayback } from './song-playback.ts'

/**
 * Carries out a room's events on the media before they are announced, so that an announced silence is already true.
 * Only `open` waits for the store; everything else waits for the media worker alone.
 */
export interface MediaEffects {
  /**
   * Opens the song a playback needs, before the room's turn. Throws NOT_FOUND, UNSUPPORTED_MEDIA, UNAVAILABLE, except
   * for the system: then the item is silent.
   */
  open(playback: Playback, actor: Actor): Promise<OpenedPlayback | null>
  /** Opens a jingle of the creator, before the room's turn. Throws NOT_FOUND, UNSUPPORTED_MEDIA, UNAVAILABLE. */
  openJingle(songId: string): Promise<OpenedJingle>
  /** Whether a playback can start with the opened song. */
  fits(playback: Playback, opened: OpenedPlayback | null): boolean
  /** Plays, and returns the playback with the producer it is heard from. */
  play(playback: Playback, opened: OpenedPlayback | null): Promise<Playback>
  /** Closes an opened song unless it plays. */
  discard(opened: OpenedPlayback): void
  /** Makes an event true on the media. Awaited before the event is announced. */
  prepare(event: ServerRoomEvent): Promise<void>
  /** Reads ahead in the item after the one that plays. */
  prepareNext(): void
}

export interface MediaEffectsParts {
  audio: Omit<RoomAudio, 'leave' | 'listen'>
  /** The state now; a room replaces it with every event. */
  state(): ServerRoomState
  logger: Pick<FastifyBaseLogger, 'error'>
}

export function createMediaEffects({ audio, state, logger }: MediaEffectsParts): MediaEffects {
  const findPresence = (userId: string): string | null => presenceOf(state(), userId)

  /** Silences the whole stage, or restores every speaker's own mute. */
  async function setQuiet(quiet: boolean): Promise<void> {
    const { room } = state()
    if (quiet === isQuiet(room)) return
    await Promise.all(
      room.stage.map(async ({ userId, muted }) => await audio.setMuted(findPresence(userId), muted || quiet))
    )
  }

  return {
    async open(playback, actor) {
      const opened = await audio.open(playback)
      if (opened?.failure === undefined) return opened
      if (actor.kind !== 'system') throw opened.failure
      logger.error({ err: opened.failure, itemId: playback.item?.id }, 'playlist item failed to play')
      return opened
    },

    openJingle: async songId => await audio.jingles.open(state().room.creatorId, songId),

    fits: (playback, opened) => audio.fits(playback, opened),

    play: async (playback, opened) => ({ ...playback, producerId: await audio.play(playback, opened) }),

    discard: opened => audio.discard(opened),

    async prepare(event) {
      const { room } = state()
      switch (event.type) {
        case 'stage:suspended':
        case 'stage:left':
        case 'floor:revoked':
          return await audio.closeProducer(findPresence(event.userId))
        case 'mute:changed':
          return await audio.setMuted(findPresence(event.userId), event.muted || isQuiet(room))
        case 'stage:joined':
          return await audio.admitProducer(findPresence(event.userId), event.producerId, event.muted || isQuiet(room))
        case 'playback:changed':
          return await setQuiet(isQuiet({ ...room, playback: event.playback }))
        case 'settings:changed':
          return await setQuiet(isQuiet({ ...room, settings: event.settings }))
        case 'jingle:changed':
          return event.jingle ? undefined : audio.jingles.stop()
        case 'show:ended':
          return await audio.close()
      }
    },

    prepareNext() {
      const now = state()
      audio.prepare(now.room.playback.status === 'playing' ? upNext(now) : undefined)
    }
  }
}
