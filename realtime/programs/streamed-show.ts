import type { FastifyBaseLogger } from 'fastify'
import type { SongRights } from '../../plugins/app/songs/document.ts'
import type { ByteSink } from '../../media/program/byte-stream.ts'
import type { StreamFormat } from '../../media/program/frame-splitter.ts'
import { startProgram, type Program, type TappedAudio } from '../../media/program/program.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import type { Room } from '../rooms/room.ts'
import { findSongId, isStreamable, producersOf, programStateOf } from './program-state.ts'

/** Learns what happens to streams, for metrics. */
export interface ProgramsObserver {
  onEncoderCrash?(): void
  onListenerDropped?(): void
}

export interface StreamedShowParts {
  showId: string
  /** The room of a public, live show as this node knows it: its home, or a copy. Undefined when there is none. */
  awaitRoom(showId: string): Promise<Pick<Room, 'state'> | undefined>
  findAudio(showId: string): TappedAudio | undefined
  /** Makes a producer of another node audible here. */
  reach(showId: string, state: ServerRoomState, producerId: string): Promise<void>
  rightsOf(songIds: readonly string[]): Promise<Map<string, SongRights>>
  observer?: ProgramsObserver | undefined
  logger: Pick<FastifyBaseLogger, 'warn' | 'debug' | 'info'>
  /** The show has been without listeners for a while, or may not be streamed any more. */
  onOver(): void
}

/** One show that is streamed from this node. */
export interface StreamedShow {
  readonly program: Program
  /** Follows a change of the room. */
  changed(state: ServerRoomState): void
  /** Reads the rights of the song and the jingle that play again. */
  songChanged(songId: string): void
  /** Adds a listener. Returns a function that removes it. */
  listen(format: StreamFormat, sink: ByteSink, withTitle: boolean): () => void
  close(): void
}

/** The store is asked this often whether the show may still be streamed, and for the rights of the song. */
const checkEveryMs = 2000
/** Encoding stops this long after the last listener. */
const idleMs = 60_000

/** Streams a show from its current state. */
export function streamShow(parts: StreamedShowParts, initial: ServerRoomState): StreamedShow {
  const { showId, logger, observer } = parts
  let state = initial
  let songId: string | undefined
  /** The song before it. Its end is still played for a moment. */
  let formerId: string | undefined
  let jingleId: string | undefined
  /** The songs and the jingle that may be streamed. */
  let allowed: readonly string[] = []
  let reads = 0
  let idleSinceMs = performance.now()
  let isClosed = false
  let isChecking = false
  const program = startProgram(
    {
      onCrash(reason, retryMs) {
        logger.warn({ showId, reason, retryMs }, 'encoder of a stream ended, starting again')
        observer?.onEncoderCrash?.()
      },
      onTapFailed: error => logger.warn({ err: error, showId }, 'a producer is missing in a stream'),
      onListenerDropped() {
        logger.debug({ showId }, 'slow listener of a stream cut off')
        observer?.onListenerDropped?.()
      }
    },
    programStateOf(state.room, allowed)
  )

  function follow(next: ServerRoomState): void {
    state = next
    if (isClosed) return
    if (!isStreamable(state.room)) return parts.onOver()
    followSong(findSongId(state.room), state.room.jingle?.songId)
    program.update(programStateOf(state.room, allowed))
    program.follow(parts.findAudio(showId) ?? null)
    for (const producerId of producersOf(state.room)) {
      parts.reach(showId, state, producerId).catch((error: unknown) => {
        logger.debug({ err: error, showId }, 'a voice of another node is not heard in a stream')
      })
    }
  }

  /** Nothing of a song is heard until its right is known. */
  function followSong(nextId: string | undefined, nextJingleId: string | undefined): void {
    if (nextId === songId && nextJingleId === jingleId) return
    if (nextId !== songId) formerId = songId
    songId = nextId
    jingleId = nextJingleId
    const kept = [jingleId, ...(songId === undefined ? [] : [formerId, songId])]
    allowed = allowed.filter(id => kept.includes(id))
    readRights()
  }

  /** While the store does not answer, what was known of the songs stays. */
  async function readRights(): Promise<void> {
    const read = ++reads
    const playing = songId === undefined ? [] : [formerId, songId]
    const songIds = [...new Set([...playing, jingleId].filter(id => id !== undefined))]
    if (songIds.length === 0) return
    try {
      const rights = await parts.rightsOf(songIds)
      if (isClosed || read !== reads) return
      const mayStream = (id: string) => rights.get(id)?.mayStream === true
      // The buffered rest of a song whose right was withdrawn is dropped at once, because no song is allowed then.
      const isWithdrawn = songId !== undefined && allowed.includes(songId) && !mayStream(songId)
      allowed = isWithdrawn ? [] : songIds.filter(mayStream)
      program.update(programStateOf(state.room, allowed))
    } catch (error) {
      logger.warn({ err: error, showId, songId }, 'rights of a streamed song not read')
    }
  }

  async function check(): Promise<void> {
    if (program.listeners > 0) idleSinceMs = performance.now()
    if (performance.now() - idleSinceMs >= idleMs) return parts.onOver()
    if (isChecking) return
    isChecking = true
    try {
      const room = await parts.awaitRoom(showId)
      if (isClosed) return
      if (!room) return parts.onOver()
      const [checkedId, checkedJingleId] = [songId, jingleId]
      follow(room.state)
      // The rights of another song are read already.
      if (!isClosed && songId === checkedId && jingleId === checkedJingleId) await readRights()
    } catch (error) {
      logger.warn({ err: error, showId }, 'streamed show not checked')
    } finally {
      isChecking = false
    }
  }

  const timer = setInterval(check, checkEveryMs).unref()
  follow(initial)
  logger.info({ showId }, 'streaming a show')

  return {
    program,
    changed(next) {
      // People who come and go change nothing of it.
      if (next.room !== state.room) follow(next)
    },
    songChanged(changedId) {
      if (changedId === songId || changedId === jingleId) readRights()
    },
    listen(format, sink, withTitle) {
      const remove = program.listen(format, sink, withTitle)
      return () => {
        remove()
        idleSinceMs = performance.now()
      }
    },
    close() {
      if (isClosed) return
      isClosed = true
      clearInterval(timer)
      program.close()
      logger.info({ showId }, 'streaming of a show ended')
    }
  }
}
