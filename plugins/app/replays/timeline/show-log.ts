import type { Jingle } from '../../../../contract/jingles.ts'
import type { Playback, PlaylistItem } from '../../../../contract/playback.ts'
import type { ShowSettings } from '../../../../contract/settings.ts'
import { songRamps, type GainRamp } from '../../../../contract/song-fade.ts'
import type { StoredRecord } from '../../shows/log-records.ts'
import type { Interval } from './intervals.ts'

type Ducking = ShowSettings['ducking']

/** A time in which the player played an item without a jump, from `positionMs` on. */
export interface PlayedPiece extends Interval {
  readonly item: PlaylistItem
  readonly positionMs: number
}

/** A time in which a jingle was heard, from its beginning on. */
export interface PlayedJingle extends Interval {
  readonly songId: string
}

/** The parts of a show's log that its replay needs. Times are server times, ms. */
export interface ShowLog {
  readonly recorded: readonly Interval[]
  readonly pieces: readonly PlayedPiece[]
  /** Times in which the show waited for its creator. */
  readonly interrupted: readonly Interval[]
  /** Settings of ducking, each from its time on. The first one is that of the beginning. */
  readonly ducking: readonly { readonly from: number; readonly setting: Ducking }[]
  /** Levels of songs in dB that hosts set, each from its time on. Before the first one it is 0. */
  readonly songLevels: readonly { readonly from: number; readonly levelDb: number }[]
  /** Fades of songs, each from its time on: the gain is the product of the ramps. */
  readonly songFades: readonly { readonly from: number; readonly ramps: readonly GainRamp[] }[]
  readonly jingles: readonly PlayedJingle[]
}

/** An item that goes on this close to where it should be has not jumped. */
const maxJumpMs = 40

/** The settings that a replay follows. */
type SoundSettings = Pick<ShowSettings, 'ducking' | 'songFadeMs'>

/**
 * Reads the log of an ended show. `stored` are the settings of the show: the log has them only where somebody changed
 * settings.
 */
export async function readShowLog(
  records: AsyncIterable<Pick<StoredRecord, 'at' | 'event'>> | Iterable<Pick<StoredRecord, 'at' | 'event'>>,
  stored: SoundSettings
): Promise<ShowLog> {
  const fold = new ShowLogFold()
  for await (const { at, event } of records) fold.add(event, at)
  return fold.end(stored)
}

class ShowLogFold {
  readonly #recorded: Interval[] = []
  readonly #interrupted: Interval[] = []
  readonly #pieces: PlayedPiece[] = []
  readonly #settings: { from: number; settings: SoundSettings }[] = []
  readonly #playbacks: { from: number; playback: Playback }[] = []
  readonly #songLevels: { from: number; levelDb: number }[] = []
  readonly #jingles: PlayedJingle[] = []
  #jingle: Jingle | null = null
  #recordedSince: number | null = null
  #interruptedSince: number | null = null
  #playing: Playback | null = null
  #lastAt = 0

  add(event: StoredRecord['event'], at: number): void {
    this.#lastAt = Math.max(this.#lastAt, at)
    switch (event.type) {
      case 'recording:started':
        this.#recordedSince ??= at
        return
      case 'recording:stopped':
        return this.#stopRecording(at)
      case 'show:interrupted':
        this.#interruptedSince ??= at
        return
      case 'show:resumed':
        return this.#resume(at)
      case 'settings:changed':
        this.#settings.push({ from: at, settings: event.settings })
        return
      case 'songLevel:changed':
        this.#songLevels.push({ from: at, levelDb: event.levelDb })
        return
      case 'jingle:changed':
        return this.#playJingle(event.jingle, at)
      case 'playback:changed':
        this.#playbacks.push({ from: at, playback: event.playback })
        return this.#play(event.playback)
      case 'show:ended':
        return this.#close(at)
      default:
    }
  }

  end(stored: SoundSettings): ShowLog {
    this.#close(this.#lastAt)
    // The stored settings are those of the end, so they are the best guess for the time before the first change, too.
    const settings = [{ from: 0, settings: stored }, ...this.#settings]
    return {
      recorded: this.#recorded,
      pieces: this.#pieces,
      interrupted: this.#interrupted,
      ducking: settings.map(({ from, settings: { ducking } }) => ({ from, setting: ducking })),
      songLevels: this.#songLevels,
      songFades: fadesOf(this.#playbacks, settings),
      jingles: this.#jingles
    }
  }

  #close(at: number): void {
    this.#stopRecording(at)
    this.#resume(at)
    this.#stopPlaying(at)
    this.#playJingle(null, at)
  }

  #stopRecording(at: number): void {
    if (this.#recordedSince !== null) this.#recorded.push({ from: this.#recordedSince, to: at })
    this.#recordedSince = null
  }

  #resume(at: number): void {
    if (this.#interruptedSince !== null) this.#interrupted.push({ from: this.#interruptedSince, to: at })
    this.#interruptedSince = null
  }

  /** The next jingle ends the one before. One whose producer was replaced goes on. */
  #playJingle(jingle: Jingle | null, at: number): void {
    const before = this.#jingle
    this.#jingle = jingle
    if (!before || before.startedAt === jingle?.startedAt) return
    const { songId, startedAt: from, durationMs } = before
    const to = Math.min(at, from + durationMs)
    if (to > from) this.#jingles.push({ songId, from, to })
  }

  #play(playback: Playback): void {
    this.#stopPlaying(playback.at)
    if (playback.status === 'playing' && playback.item) this.#playing = playback
  }

  #stopPlaying(at: number): void {
    const { item, positionMs, at: from } = this.#playing ?? {}
    this.#playing = null
    if (!item || positionMs === undefined || from === undefined) return
    const to = Math.min(at, from + Math.max(0, item.durationMs - positionMs))
    if (to <= from) return
    const last = this.#pieces.at(-1)
    const goesOn =
      last?.item.id === item.id &&
      from - last.to < maxJumpMs &&
      Math.abs(last.positionMs + from - last.from - positionMs) < maxJumpMs
    if (goesOn) this.#pieces[this.#pieces.length - 1] = { ...last, to }
    else this.#pieces.push({ item, positionMs, from, to })
  }
}

/** Returns the fades after each change of the playback or of the settings. */
function fadesOf(
  playbacks: readonly { from: number; playback: Playback }[],
  settings: readonly { from: number; settings: SoundSettings }[]
): ShowLog['songFades'] {
  const changes = [...playbacks, ...settings].toSorted((one, other) => one.from - other.from)
  let playback: Playback | undefined
  let songFadeMs: number | undefined
  return changes.map(change => {
    if ('playback' in change) ({ playback } = change)
    else ({ songFadeMs } = change.settings)
    return { from: change.from, ramps: playback ? songRamps(playback, songFadeMs) : [] }
  })
}
