import type { PlaylistItem } from '../../../contract/playback.ts'
import type { CommandMap } from '../../../realtime/room/commands.ts'
import { beginningOf, cancelFade, endOf, fadeOut, holdFade } from './model-fades.ts'
import type { PlayingItem, RoomModel } from './room-model.ts'

/** An end noticed this late at most is followed without a gap. */
const maxSeamlessDelayMs = 100

const hasItem = (items: readonly PlaylistItem[], id: string) => items.some(item => item.id === id)
const itemsAfter = (items: readonly PlaylistItem[], id: string) =>
  items.slice(items.findIndex(item => item.id === id) + 1)
const itemsFrom = (items: readonly PlaylistItem[], id: string) => items.slice(items.findIndex(item => item.id === id))

function startItem(model: RoomModel, item: PlaylistItem, positionMs: number, now: number): PlayingItem {
  return {
    item,
    isRunning: true,
    positionMs: Math.min(positionMs, item.durationMs),
    ...beginningOf(model, item, now),
    producerId: null,
    nextId: null
  }
}

/** The item that *play* without an item starts or resumes. */
export function firstToPlay({ playing, items }: RoomModel): PlaylistItem | undefined {
  return playing?.item ?? items.find(({ available }) => available)
}

/** Starts the named item of the playlist, or the first one. */
export function play(model: RoomModel, command: CommandMap['playback:play'], now: number): void {
  const { itemId, positionMs } = command
  const item = itemId === undefined ? firstToPlay(model) : model.items.find(({ id }) => id === itemId)
  if (!item) return
  const end = { action: 'next', itemId: item.id, ...(positionMs !== undefined && { positionMs }) } as const
  if (!fadeOut(model, command, end, now)) model.playing = startItem(model, item, positionMs ?? 0, now)
}

/** Resumes the current item, or seeks in it. */
export function resumeOrSeek(playing: PlayingItem, positionMs: number | undefined, now: number): void {
  if (positionMs !== undefined) {
    const place = { positionMs: Math.min(positionMs, playing.item.durationMs), at: now }
    Object.assign(playing, { ...place, producerId: null, fade: null })
  } else if (playing.isRunning) cancelFade(playing, now)
  else Object.assign(playing, { isRunning: true, at: now, producerId: null, fade: null })
}

export function pause({ playing }: RoomModel, now: number): void {
  if (playing?.isRunning) {
    holdFade(playing, now)
    Object.assign(playing, {
      isRunning: false,
      positionMs: Math.min(playing.positionMs + Math.max(0, now - playing.at), playing.item.durationMs),
      at: now
    })
  }
}

/** The items after the current one, in the playlist as it is now. */
function following({ playing, items }: RoomModel): readonly PlaylistItem[] {
  if (!playing) return items
  if (hasItem(items, playing.item.id)) return itemsAfter(items, playing.item.id)
  return playing.nextId === null ? [] : itemsFrom(items, playing.nextId)
}

/** Plays the next available item. At the end of the playlist the settings decide. */
export function playNext(model: RoomModel, now: number): void {
  const repeated = model.settings.atEnd === 'repeat' ? model.items : []
  const { itemId, positionMs = 0 } = model.playing?.fade?.end ?? {}
  const chosen = model.items.find(({ id, available }) => id === itemId && available)
  const item = chosen ?? [...following(model), ...repeated].find(({ available }) => available)
  model.playing = item ? startItem(model, item, chosen ? positionMs : 0, now) : null
}

/**
 * Plays the next item when the current one has run to its end and nobody changed it in the meantime, or does what its
 * fade-out was for. The next item begins where this one ended; after a longer silence it begins now.
 */
export function endItem(model: RoomModel, { itemId, at }: CommandMap['server:itemEnded'], now: number): void {
  const { playing } = model
  if (!playing?.isRunning || playing.item.id !== itemId || playing.at !== at) return
  const lateMs = now - endOf(playing)
  if (lateMs < 0) return
  const from = lateMs > maxSeamlessDelayMs ? now : now - lateMs
  const action = playing.fade?.end?.action
  if (action === 'pause') {
    pause(model, now - lateMs)
    playing.at = from
  } else if (action === 'stop') model.playing = null
  else playNext(model, from)
}

/** A song gets another producer. A track of Spotify has none. */
export function moveSong({ playing }: RoomModel, { producerId }: CommandMap['server:songMoved']): void {
  if (playing?.item.kind === 'song') playing.producerId = producerId
}

/** Follows an edit of the playlist unless it is stale. */
export function editPlaylist(model: RoomModel, { version, items }: CommandMap['server:playlistEdited']): void {
  if (version <= model.playlistVersion) return
  const next = following(model).find(({ id }) => hasItem(items, id))?.id ?? null
  if (model.playing) model.playing.nextId = hasItem(items, model.playing.item.id) ? null : next
  Object.assign(model, { playlistVersion: version, items })
}
