import { editingTtlMs, maxEditingHosts, type EditingHost, type PlaylistSign } from '../../contract/playlist.ts'
import { isHost } from '../../contract/room.ts'
import type { EditingCast, ShowCasts } from '../cluster/show-casts.ts'
import { presenceOf, type ServerRoomState } from '../room/server-room-state.ts'
import type { Membership } from '../sockets/socket-data.ts'
import type { Delivery } from './delivery.ts'

/**
 * The hosts who edit the playlist of each show, as this node knows them. Nothing of it is stored or logged: a sign that
 * is lost between nodes follows again a few seconds later.
 */
export interface EditingHosts {
  /** Takes the sign of a host on this node, which the rules have allowed, and passes it on. */
  signed(membership: Membership, sign: PlaylistSign): void
  /** Takes the sign of a host on another node. */
  received(showId: string, cast: EditingCast): void
  /** Drops those who are no hosts any more, or not there through the same presence. */
  changed(showId: string, state: ServerRoomState): void
  close(): void
}

export interface EditingHostsParts extends Pick<Delivery, 'toPeople'> {
  casts: Pick<ShowCasts, 'send'>
  /** The state of a show with members on this node. */
  findState(showId: string): ServerRoomState | undefined
}

/** Minimum time between two messages to the hosts of a show, however many edit. */
const intervalMs = 250

interface Edit {
  readonly host: EditingHost
  readonly presenceId: string
  readonly timer: NodeJS.Timeout
}

interface EditedPlaylist {
  /** By user. */
  readonly edits: Map<string, Edit>
  /** Runs for `intervalMs` after each message. */
  pause: NodeJS.Timeout | null
  /** Whether something has changed since the last message. */
  isDue: boolean
}

export function createEditingHosts({ toPeople, casts, findState }: EditingHostsParts): EditingHosts {
  const playlists = new Map<string, EditedPlaylist>()

  function drop(showId: string, userId: string): boolean {
    const edits = playlists.get(showId)?.edits
    clearTimeout(edits?.get(userId)?.timer)
    return edits?.delete(userId) ?? false
  }

  /** Tells the hosts now, or at the end of the pause. */
  function tell(showId: string, state: ServerRoomState): void {
    const playlist = playlists.get(showId)
    if (!playlist) return
    playlist.isDue = playlist.pause !== null
    if (playlist.isDue) return
    tellNow(showId, state, playlist.edits)
    playlist.pause = setTimeout(endPause, intervalMs, showId, playlist).unref()
  }

  function endPause(showId: string, playlist: EditedPlaylist): void {
    playlist.pause = null
    const state = findState(showId)
    if (playlist.isDue && state) tell(showId, state)
    else forgetUnedited(showId)
  }

  /** A pause forgets the show itself when it ends. */
  function forgetUnedited(showId: string): void {
    const playlist = playlists.get(showId)
    if (playlist?.edits.size === 0 && playlist.pause === null) playlists.delete(showId)
  }

  /** Tells all hosts on this node, each without their own edit. */
  function tellNow(
    showId: string,
    { room: { creatorId, cohostIds } }: ServerRoomState,
    edits: ReadonlyMap<string, Edit>
  ): void {
    const editors = [...edits.values()].map(({ host }) => host).slice(0, maxEditingHosts)
    const hostIds = [creatorId, ...cohostIds]
    const idle = hostIds.filter(userId => !edits.has(userId))
    toPeople(showId, idle, 'playlist:editors', { editors })
    for (const userId of hostIds.filter(id => edits.has(id))) {
      const others = editors.filter(({ person }) => person.id !== userId)
      toPeople(showId, [userId], 'playlist:editors', { editors: others })
    }
  }

  function expire(showId: string, userId: string): void {
    const state = findState(showId)
    if (drop(showId, userId) && state) tell(showId, state)
    else forgetUnedited(showId)
  }

  function take(showId: string, state: ServerRoomState, { userId, presenceId, itemId, action }: EditingCast): void {
    const member = state.members.get(userId)
    if (!member || member.presenceId !== presenceId || !isHost(state.room, userId)) return
    const wasEditing = drop(showId, userId)
    if (action !== null) {
      const person = { id: userId, displayName: member.displayName, avatarUrl: member.avatarUrl }
      const playlist = playlists.get(showId) ?? { edits: new Map<string, Edit>(), pause: null, isDue: false }
      playlists.set(showId, playlist)
      const timer = setTimeout(expire, editingTtlMs, showId, userId).unref()
      playlist.edits.set(userId, { host: { person, itemId, action }, presenceId, timer })
    } else if (!wasEditing) return
    tell(showId, state)
  }

  return {
    signed({ room, actor: { userId, presenceId } }, sign) {
      const cast: EditingCast = { kind: 'editing', userId, presenceId, ...sign }
      casts.send(room.showId, cast)
      take(room.showId, room.state, cast)
    },
    received(showId, cast) {
      const state = findState(showId)
      if (state) take(showId, state, cast)
    },
    changed(showId, state) {
      const edits = playlists.get(showId)?.edits
      if (!edits) return
      const isOver = state.room.status === 'ended'
      const dropped = [...edits].filter(
        ([userId, { presenceId }]) =>
          (isOver || !isHost(state.room, userId) || presenceOf(state, userId) !== presenceId) && drop(showId, userId)
      )
      if (dropped.length > 0 && !isOver) tell(showId, state)
      else forgetUnedited(showId)
    },
    close() {
      for (const { edits, pause } of playlists.values()) {
        clearTimeout(pause ?? undefined)
        for (const { timer } of edits.values()) clearTimeout(timer)
      }
      playlists.clear()
    }
  }
}
