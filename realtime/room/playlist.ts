import type { PlaylistItem } from '../../contract/playback.ts'
import type { ServerRoomState } from './server-room-state.ts'

/** The item of this id, if the playlist has it. */
export function itemOf(state: ServerRoomState, itemId: string): PlaylistItem | undefined {
  return state.playlist.items.find(({ id }) => id === itemId)
}

/** The item that *play* without an item starts or resumes. */
export function firstToPlay({ room: { playback }, playlist: { items } }: ServerRoomState): PlaylistItem | undefined {
  return playback.item ?? items.find(({ available }) => available)
}

/** The next item that can be played. A fade may lead to another one. At the end of the list the settings decide. */
export function upNext(state: ServerRoomState): PlaylistItem | undefined {
  const {
    room: { playback, settings },
    playlist: { items, nextId }
  } = state
  const { itemId } = playback.fade ?? {}
  const chosen = itemId === undefined ? undefined : itemOf(state, itemId)
  if (chosen?.available) return chosen
  const following = items.slice(nextIndex(items, playback.item, nextId))
  return [...following, ...(settings.atEnd === 'repeat' ? items : [])].find(({ available }) => available)
}

/** The playlist after an edit. When the item that plays was taken out, it remembers the item that follows. */
export function loadPlaylist(state: ServerRoomState, items: readonly PlaylistItem[]): ServerRoomState['playlist'] {
  const {
    room: {
      playback: { item: playing }
    },
    playlist: before
  } = state
  if (!playing || indexOf(items, playing.id) >= 0) return { items, nextId: null }
  const following = before.items.slice(nextIndex(before.items, playing, before.nextId))
  const next = following.find(({ id }) => indexOf(items, id) >= 0)
  return { items, nextId: next?.id ?? null }
}

/** Returns the index where the list continues after the item that plays; its length when nothing follows. */
function nextIndex(items: readonly PlaylistItem[], playing: PlaylistItem | null, nextId: string | null): number {
  if (!playing) return 0
  const playingAt = indexOf(items, playing.id)
  if (playingAt >= 0) return playingAt + 1
  return nextId === null ? items.length : indexOf(items, nextId)
}

function indexOf(items: readonly PlaylistItem[], itemId: string): number {
  return items.findIndex(({ id }) => id === itemId)
}
