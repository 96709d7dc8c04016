import { CodedError } from '../../contract/errors.ts'
import type { LivePrograms } from '../../plugins/app/shows/live-programs.ts'
import type { ShowAudios } from '../audio/show-audios.ts'
import type { NodeRooms } from '../cluster/node-rooms.ts'
import type { ShowVoices } from '../cluster/show-voices.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import { isStreamable } from './program-state.ts'
import { streamShow, type StreamedShow, type StreamedShowParts } from './streamed-show.ts'

/** Limits of the streams of this node. */
export interface ProgramLimits {
  /** Shows that are encoded at a time. */
  shows: number
  listenersPerShow: number
  listenersPerAddress: number
}

/** Parts outside of the rooms: the store, and settings. */
export interface StreamSources extends Pick<StreamedShowParts, 'rightsOf' | 'observer'> {
  /** Whether the stored show may be streamed. A node that is cut off from the others still learns it. */
  isStreamable(showId: string): Promise<boolean>
  limits: ProgramLimits
}

export interface ShowProgramsParts extends StreamSources, Pick<StreamedShowParts, 'logger'> {
  rooms: Pick<NodeRooms, 'awaitRoom'>
  audios: Pick<ShowAudios, 'findTapped'>
  voices: Pick<ShowVoices, 'reach'>
}

/** All shows that are streamed from this node. */
export interface ShowPrograms extends LivePrograms {
  /** Whether a show is streamed: then it is followed even without members here. */
  isStreamed(showId: string): boolean
  /** Follows a change of a room. */
  changed(showId: string, state: ServerRoomState): void
  /** The fields or rights of a song have changed. */
  songChanged(songId: string): void
  figures(): { shows: number; listeners: number }
  /** Ends all streams. */
  close(): void
}

/** Streams live shows over HTTP: each one from its first listener on, until a while after the last. */
export function createShowPrograms({
  rooms,
  audios,
  voices,
  isStreamable: isStored,
  ...sources
}: ShowProgramsParts): ShowPrograms {
  const { limits } = sources
  const parts = {
    ...sources,
    awaitRoom: async (showId: string) => ((await isStored(showId)) ? await rooms.awaitRoom(showId) : undefined),
    findAudio: audios.findTapped,
    reach: voices.reach
  }
  const shows = new Map<string, StreamedShow>()
  /** Places taken, by show and by network. */
  const inShow = new Map<string, number>()
  const inNetwork = new Map<string, number>()
  let isClosed = false

  async function getState(showId: string): Promise<ServerRoomState> {
    const state = (await parts.awaitRoom(showId))?.state
    if (!state || !isStreamable(state.room)) throw noSuchStream()
    return state
  }

  function openShow(showId: string, state: ServerRoomState): StreamedShow {
    if (isClosed) throw new CodedError('UNAVAILABLE', 'The server is stopping; try again in a moment.')
    if (shows.size >= limits.shows) throw full('This server streams as many shows as it can.')
    const show: StreamedShow = streamShow({ ...parts, showId, onOver: () => close(showId, show) }, state)
    shows.set(showId, show)
    return show
  }

  /** Throws when a show has all its listeners. Those of HLS are counted by their requests. */
  function assertRoom(showId: string): void {
    const taken = (inShow.get(showId) ?? 0) + (shows.get(showId)?.program.hls.size ?? 0)
    if (taken >= limits.listenersPerShow) throw full('This stream has as many listeners as it can.')
  }

  function close(showId: string, show: StreamedShow): void {
    if (shows.get(showId) === show) shows.delete(showId)
    show.close()
  }

  return {
    async assertOn(showId) {
      await getState(showId)
    },
    async join(showId, network) {
      const state = await getState(showId)
      if ((inNetwork.get(network) ?? 0) >= limits.listenersPerAddress) {
        throw new CodedError('RATE_LIMITED', 'Too many streams go to your network.', { retryAfterMs: 10_000 })
      }
      assertRoom(showId)
      const show = shows.get(showId) ?? openShow(showId, state)
      count(inShow, showId, 1)
      count(inNetwork, network, 1)
      let remove: (() => void) | undefined
      let hasLeft = false
      return {
        listen(format, sink, withTitle) {
          if (hasLeft || shows.get(showId) !== show) return sink.end()
          remove = show.listen(format, sink, withTitle)
        },
        leave() {
          if (hasLeft) return
          hasLeft = true
          remove?.()
          count(inShow, showId, -1)
          count(inNetwork, network, -1)
        }
      }
    },
    async openHls(showId) {
      const state = await getState(showId)
      assertRoom(showId)
      return (shows.get(showId) ?? openShow(showId, state)).program.hls
    },
    getHls(showId) {
      const show = shows.get(showId)
      if (!show) throw noSuchStream()
      return show.program.hls
    },
    listeners: showId => shows.get(showId)?.program.listeners ?? 0,
    isStreamed: showId => shows.has(showId),
    changed: (showId, state) => shows.get(showId)?.changed(state),
    songChanged(songId) {
      for (const show of shows.values()) show.songChanged(songId)
    },
    figures: () => ({
      shows: shows.size,
      listeners: [...shows.values()].reduce((sum, { program }) => sum + program.listeners, 0)
    }),
    close() {
      isClosed = true
      for (const [showId, show] of shows) close(showId, show)
    }
  }
}

function count(counts: Map<string, number>, key: string, change: number): void {
  const next = (counts.get(key) ?? 0) + change
  if (next > 0) counts.set(key, next)
  else counts.delete(key)
}

function noSuchStream(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such stream.')
}

function full(message: string): CodedError {
  return new CodedError('UNAVAILABLE', message, { retryAfterMs: 10_000 })
}
