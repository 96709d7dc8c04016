import { editingTtlMs, type EditingHost, type PlaylistSign } from '../../contract/playlist.ts'
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

interface Edit {
  readonly host: EditingHost
  readonly presenceId: string
  readonly timer: NodeJS.Timeout
}

export function createEditingHosts({ toPeople, casts, findState }: EditingHostsParts): EditingHosts {
  /** By show and by user. */
  const shows = new Map<string, Map<string, Edit>>()

  function drop(showId: string, userId: string): boolean {
    const edits = shows.get(showId)
    clearTimeout(edits?.get(userId)?.timer)
    const isDropped = edits?.delete(userId) ?? false
    if (edits?.size === 0) shows.delete(showId)
    return isDropped
  }

  /** Tells all hosts on this node, each without their own edit. */
  function tell(showId: string, { room: { creatorId, cohostIds } }: ServerRoomState): void {
    const edits = shows.get(showId) ?? new Map<string, Edit>()
    const editors = [...edits.values()].map(({ host }) => host)
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
  }

  function take(showId: string, state: ServerRoomState, { userId, presenceId, itemId, action }: EditingCast): void {
    const member = state.members.get(userId)
    if (!member || member.presenceId !== presenceId || !isHost(state.room, userId)) return
    const wasEditing = drop(showId, userId)
    if (action !== null) {
      const person = { id: userId, displayName: member.displayName, avatarUrl: member.avatarUrl }
      const edits = shows.get(showId) ?? new Map<string, Edit>()
      const timer = setTimeout(expire, editingTtlMs, showId, userId).unref()
      shows.set(showId, edits.set(userId, { host: { person, itemId, action }, presenceId, timer }))
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
      const edits = shows.get(showId)
      if (!edits) return
      const isOver = state.room.status === 'ended'
      const dropped = [...edits].filter(
        ([userId, { presenceId }]) =>
          (isOver || !isHost(state.room, userId) || presenceOf(state, userId) !== presenceId) && drop(showId, userId)
      )
      if (dropped.length > 0 && !isOver) tell(showId, state)
    },
    close() {
      for (const edits of shows.values()) for (const { timer } of edits.values()) clearTimeout(timer)
      shows.clear()
    }
  }
}
