import type { PlaylistItem } from '../../../contract/playback.ts'
import type { Command } from '../../../realtime/room/commands.ts'
import type { World } from './world.ts'

type On = NonNullable<World['on']>
type Of<T extends Command['type']> = Extract<Command, { type: T }>

const has = (pieces: readonly PlaylistItem[], id: string) => pieces.some(piece => piece.id === id)
const after = (pieces: readonly PlaylistItem[], id: string) =>
  pieces.slice(pieces.findIndex(piece => piece.id === id) + 1)
const from = (pieces: readonly PlaylistItem[], id: string) => pieces.slice(pieces.findIndex(piece => piece.id === id))
const put = (piece: PlaylistItem, positionMs: number, at: number): On => ({
  piece,
  running: true,
  positionMs: Math.min(positionMs, piece.durationMs),
  at,
  heardFrom: null,
  thenId: null
})

/** What somebody who says *play* and names nothing would hear. */
export function nextUp({ on, pieces }: World): PlaylistItem | undefined {
  return on?.piece ?? pieces.find(({ available }) => available)
}

/** A piece from the list begins: the one that was named, or the first. */
export function begin(world: World, { itemId, positionMs = 0 }: Of<'playback:play'>, now: number): void {
  const piece = itemId === undefined ? nextUp(world) : world.pieces.find(({ id }) => id === itemId)
  if (piece) world.on = put(piece, positionMs, now)
}

/** What is on goes on, or is at another place of itself. */
export function resumeOrSeek(on: On, positionMs: number | undefined, now: number): void {
  if (positionMs !== undefined) {
    Object.assign(on, { positionMs: Math.min(positionMs, on.piece.durationMs), at: now, heardFrom: null })
  } else if (!on.running) Object.assign(on, { running: true, at: now, heardFrom: null })
}

export function pauseIt({ on }: World, now: number): void {
  if (on?.running) {
    Object.assign(on, {
      running: false,
      positionMs: Math.min(on.positionMs + now - on.at, on.piece.durationMs),
      at: now
    })
  }
}

/** What comes after what is on, as the list is now. */
function following({ on, pieces }: World): readonly PlaylistItem[] {
  if (!on) return pieces
  if (has(pieces, on.piece.id)) return after(pieces, on.piece.id)
  return on.thenId === null ? [] : from(pieces, on.thenId)
}

export function moveOn(world: World, now: number): void {
  const around = world.settings.atEnd === 'repeat' ? world.pieces : []
  const piece = following(world).find(({ available }) => available) ?? around.find(({ available }) => available)
  world.on = piece ? put(piece, 0, now) : null
}

/**
 * It ends when it has had its time (a quarter of a second, were it shorter), and nobody touched it since. What comes next follows it
 * without a gap, but where there was one already.
 */
export function pieceEnded(world: World, { itemId, at }: Of<'server:itemEnded'>, now: number): void {
  const { on } = world
  if (!on?.running || on.piece.id !== itemId || on.at !== at) return
  const lateMs = on.positionMs + now - on.at - Math.max(250, on.piece.durationMs)
  if (lateMs >= 0) moveOn(world, lateMs > 100 ? now : now - lateMs)
}

/** A song is heard from elsewhere; whoever plays a track of somebody else's service has it from there. */
export function heardElsewhere({ on }: World, { producerId }: Of<'server:songMoved'>): void {
  if (on?.piece.kind === 'song') on.heardFrom = producerId
}

export function listEdited(world: World, { version, items }: Of<'server:playlistEdited'>): void {
  if (version <= world.playlistVersion) return
  const then = following(world).find(({ id }) => has(items, id))?.id ?? null
  if (world.on) world.on.thenId = has(items, world.on.piece.id) ? null : then
  Object.assign(world, { playlistVersion: version, pieces: items })
}
