import type { LiveUpdate } from '../../contract/live.ts'
import type { LiveSource, LiveValues, NodeShow } from '../../plugins/app/live-values/live-values.ts'
import type { Place, Seat } from '../../plugins/app/live-values/node-presence.ts'
import type { Room } from '../rooms/room.ts'
import { heardSong, songOf } from '../sockets/heard-song.ts'
import type { AmbientSocket } from '../sockets/socket-data.ts'
import { createChunkedBroadcast } from './chunked-broadcast.ts'
import { encodeEvent, sendEncoded, type EncodedEvent } from './encoded-event.ts'

export interface LiveFeedParts {
  liveValues: Pick<LiveValues, 'connect' | 'isPublic' | 'usersConnected' | 'usersOn'>
  /** Rooms whose home is this node. */
  homeRooms(): Iterable<Pick<Room, 'showId' | 'state'>>
  monotonicMs: () => number
}

/** Sends the live values to all sockets of this node, and tells where their people are. */
export interface LiveFeed extends LiveSource {
  /** Counts a socket's person until it disconnects, and sends it the values. */
  serve(socket: AmbientSocket): void
  /** Sends each socket the values that have changed. */
  broadcast(): void
}

interface Follower {
  readonly socket: AmbientSocket
  readonly seat: Seat
  /** The values that the socket has, as text; null before the first ones. */
  sent: string | null
}

/** Minimum time between two broadcasts, ms. */
const minIntervalMs = 500
/** A broadcast costs about 10 µs for each socket, so this much more time for each bounds the share of the CPU. */
const intervalPerSocketMs = 0.5

export function createLiveFeed({ liveValues, homeRooms, monotonicMs }: LiveFeedParts): LiveFeed {
  const followers = new Map<string, Follower>()
  const chunked = createChunkedBroadcast<Follower>()
  let broadcastAtMs = -Infinity

  function updateFor(songId: string | null): LiveUpdate | undefined {
    const usersConnected = liveValues.usersConnected()
    if (usersConnected === undefined) return undefined
    return { usersConnected, usersOnSong: songId === null ? null : liveValues.usersOn(songId) }
  }

  function placeOf(socket: AmbientSocket): Place {
    const { membership } = socket.data
    const isInPublic =
      membership !== null &&
      membership.room.state.room.status !== 'scheduled' &&
      liveValues.isPublic(membership.room.showId)
    return {
      songId: heardSong(socket),
      showId: isInPublic ? membership.room.showId : null,
      isListener: isInPublic && membership.room.state.room.creatorId !== membership.actor.userId
    }
  }

  /** Display only: a socket that is behind gets the next values instead. */
  function send(follower: Follower, text: string, encoded: EncodedEvent): void {
    const { id, data } = follower.socket
    const { conn, direct } = data.recipient
    if (!followers.has(id) || !conn.transport.writable || (direct?.webSocket.bufferedAmount ?? 0) > 0) return
    sendEncoded([data.recipient], encoded)
    follower.sent = text
  }

  /** Returns the sockets by the song they hear. */
  function bySong(): Map<string | null, Follower[]> {
    const groups = new Map<string | null, Follower[]>()
    for (const follower of followers.values()) {
      const songId = heardSong(follower.socket)
      const group = groups.get(songId)
      if (group) group.push(follower)
      else groups.set(songId, [follower])
    }
    return groups
  }

  return {
    serve(socket) {
      const follower: Follower = { socket, seat: liveValues.connect(socket.data.identity.userId), sent: null }
      followers.set(socket.id, follower)
      socket.once('disconnect', () => {
        followers.delete(socket.id)
        follower.seat.end()
      })
      const update = updateFor(null)
      if (!update) return
      socket.emit('live', update)
      follower.sent = JSON.stringify(update)
    },
    shows() {
      const shows = new Map<string, NodeShow>()
      for (const room of homeRooms()) {
        const { showId, state } = room
        const isReported = state.room.status === 'live'
        shows.set(showId, { showId, songId: songOf(room), isReported, listenerCount: state.listenerCount })
      }
      for (const { socket } of followers.values()) {
        const showId = socket.data.membership?.room.showId
        if (showId === undefined || shows.has(showId)) continue
        shows.set(showId, { showId, songId: null, isReported: false, listenerCount: 0 })
      }
      return [...shows.values()]
    },
    moveSeats() {
      for (const { socket, seat } of followers.values()) seat.move(placeOf(socket))
    },
    broadcast() {
      const nowMs = monotonicMs()
      if (nowMs - broadcastAtMs < Math.max(minIntervalMs, followers.size * intervalPerSocketMs)) return
      broadcastAtMs = nowMs
      const waiting = new Map<Follower, { text: string; encoded: EncodedEvent }>()
      for (const [songId, group] of bySong()) {
        const update = updateFor(songId)
        if (!update) return
        const text = JSON.stringify(update)
        const behind = group.filter(({ sent }) => sent !== text)
        if (behind.length === 0) continue
        const encoded = encodeEvent('live', update)
        for (const follower of behind) waiting.set(follower, { text, encoded })
      }
      if (waiting.size === 0) return
      // One broadcast for all songs: only a number of them may wait, and there may be a song for each socket.
      chunked.send({
        showId: '',
        replaces: 'live',
        recipients: [...waiting.keys()],
        send(group) {
          for (const follower of group) {
            const values = waiting.get(follower)
            if (values) send(follower, values.text, values.encoded)
          }
        }
      })
    }
  }
}
