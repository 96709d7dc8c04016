import PQueue from 'p-queue'
import { CodedError } from '../../contract/errors.ts'
import type { Playback } from '../../contract/playback.ts'
import type { MediaEffects } from '../audio/media-effects.ts'
import type { OpenedPlayback } from '../audio/song-playback.ts'
import type { Actor } from '../room/commands.ts'

/** A song is opened this many times for one command, when the room keeps changing while it is opened. */
const maxOpenings = 5

/** A command was not carried out: it starts another song than the one that was opened. */
export const otherSong = Symbol('other song')

/**
 * Runs what may start a song. The song is found and opened outside of the room's turns, since the store may be slow; the tasks keep
 * their order among themselves.
 */
export interface SongTurns {
  /**
   * Opens the song of the playback that is expected to come, then runs the command with it. When the command finds in its turn that
   * it starts another song, that one is opened and the command runs again. Throws what opening throws, and CONFLICT.
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
