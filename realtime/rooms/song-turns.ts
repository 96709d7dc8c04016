import PQueue from 'p-queue'
import { CodedError } from '../../contract/errors.ts'
import type { Playback } from '../../contract/playback.ts'
import type { MediaEffects } from '../audio/media-effects.ts'
import type { OpenedPlayback } from '../audio/song-playback.ts'
import type { Actor } from '../room/commands.ts'

/** A song is opened this many times for one command, when the room keeps changing while it is opened. */
const maxOpenings = 5

/** The result of a command that was not carried out, because it starts another song than the opened one. */
export const otherSong = Symbol('other song')

/**
 * Runs commands that may start a song. The song is found and opened outside the room's turns, because the store may be
 * slow. The commands keep their order among themselves.
 */
export interface SongTurns {
  /**
   * Opens the song of the expected playback, then runs the command with it. When the command finds in its turn that it
   * starts another song, that song is opened and the command runs again. Throws the errors of opening, and CONFLICT.
   */
  run<T>(
    actor: Actor,
    expected: () => Playback | undefined,
    runCommand: (opened: OpenedPlayback | null) => Promise<T | typeof otherSong>
  ): Promise<T>
}

export function createSongTurns(media: Pick<MediaEffects, 'open' | 'discard'>): SongTurns {
  const queue = new PQueue({ concurrency: 1 })

  async function withSong<T>(
    actor: Actor,
    expected: () => Playback | undefined,
    runCommand: (opened: OpenedPlayback | null) => Promise<T | typeof otherSong>
  ): Promise<T> {
    for (let openings = 0; openings < maxOpenings; openings++) {
      const playback = expected()
      const opened = playback ? await media.open(playback, actor) : null
      try {
        const outcome = await runCommand(opened)
        if (outcome !== otherSong) return outcome
      } finally {
        if (opened) media.discard(opened)
      }
    }
    throw new CodedError('CONFLICT', 'The playlist keeps changing; try again.')
  }

  return {
    run: async (actor, expected, runCommand) => await queue.add(async () => await withSong(actor, expected, runCommand))
  }
}
