import type { Talk } from '../peer-program.ts'

/** Core of the machine on which the measured servers run. */
export const serverCore = 0
/** Core of all that loads them. */
export const loadCore = 1

/** Totals since the start. */
export interface Usage {
  /** CPU time of all processes of the server, user and system, µs. */
  readonly cpuMicros: number
  /** The part of it that the media worker used, where that is a process of its own. */
  readonly workerMicros?: number
  /** Packets that speakers have sent, and that listeners have got. */
  readonly sent: number
  readonly delivered: number
}

/** A show on a server of its own, with connected speakers and listeners. */
export interface MeasuredRoom {
  /** Lets speakers talk, each as told. */
  speak(talks: readonly Talk[]): Promise<void>
  silence(): Promise<void>
  /** Starts to play the song, where the server plays songs. */
  playSong?(): Promise<void>
  pauseSong?(): Promise<void>
  /** Returns the totals once everything that was sent has arrived. */
  usage(): Promise<Usage>
  close(): Promise<void>
}

/** Joins listeners a few at a time, so that none waits long. */
export async function inBatches(count: number, join: (n: number) => Promise<unknown>): Promise<void> {
  const joinsAtOnce = 10
  for (let joined = 0; joined < count; joined += joinsAtOnce) {
    await Promise.all(
      Array.from({ length: Math.min(joinsAtOnce, count - joined) }, async (_, n) => await join(joined + n))
    )
  }
}
