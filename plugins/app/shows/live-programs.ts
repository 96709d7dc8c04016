import { CodedError } from '../../../contract/errors.ts'
import type { ByteSink } from '../../../media/program/byte-stream.ts'
export type { ByteSink }
import type { HlsStream } from '../../../media/program/hls-stream.ts'
import type { StreamFormat } from '../../../media/program/frame-splitter.ts'
import { icyInterval } from '../../../media/program/icy-titles.ts'

/** The place of one listener in the stream of a show. */
export interface ProgramSeat {
  /** Begins to listen. A stream that has ended in the meantime ends the sink at once. */
  listen(format: StreamFormat, sink: ByteSink, withTitle: boolean): void
  /** May be called twice. */
  leave(): void
}

/** Streams of live shows over HTTP, on this node. `realtime/` implements it. */
export interface LivePrograms {
  /**
   * Throws NOT_FOUND unless the show is live, public, and its creator streams it; UNAVAILABLE when nobody can say.
   */
  assertOn(showId: string): Promise<void>
  /**
   * Takes a place, and starts the stream when it is the first one. `network`: where the listener comes from. Throws
   * like `assertOn`, RATE_LIMITED when too many come from there, and UNAVAILABLE when the show or the node is full.
   */
  join(showId: string, network: string): Promise<ProgramSeat>
  /** Returns the show as HLS, and starts its stream. Throws like `join`, except RATE_LIMITED. */
  openHls(showId: string): Promise<HlsStream>
  /** Returns the HLS of a show that is streamed already. Throws NOT_FOUND. */
  getHls(showId: string): HlsStream
  /** Number of listeners of a show on this node, about. */
  listeners(showId: string): number
}

/** The port to live streams. Until it is bound, nothing is streamed. */
export type LiveProgramsPort = LivePrograms & {
  /** Bytes of audio between two titles. */
  readonly icyInterval: number
  bind(programs: LivePrograms): void
}

export function createLiveProgramsPort(): LiveProgramsPort {
  let programs: LivePrograms | undefined

  function getPrograms(): LivePrograms {
    if (!programs) throw new CodedError('UNAVAILABLE', 'Live shows are not ready yet. Try again in a moment.')
    return programs
  }

  return {
    icyInterval,
    bind(bound) {
      programs = bound
    },
    assertOn: async showId => await getPrograms().assertOn(showId),
    join: async (showId, network) => await getPrograms().join(showId, network),
    openHls: async showId => await getPrograms().openHls(showId),
    getHls: showId => getPrograms().getHls(showId),
    listeners: showId => programs?.listeners(showId) ?? 0
  }
}
