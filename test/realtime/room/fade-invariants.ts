import assert from 'node:assert/strict'
import { rampsGain, songGapMs, songRamps } from '../../../contract/song-fade.ts'
import type { ServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { actorIdOf, eventsOf, isHostIn, type Invariants } from './invariant.ts'

/** The gain of songs in a room, beside their level. */
function gainAt({ room: { playback, settings } }: ServerRoomState, nowMs: number): number {
  return rampsGain(songRamps(playback, settings.songFadeMs), nowMs)
}

/** Invariants of fades of songs. */
export const fadeInvariants: Invariants = {
  'a fade-out begins when a host says so, changes nothing else, and ends with the song at the latest': step => {
    const { command, before, at } = step
    for (const { playback } of eventsOf(step, 'playback:changed')) {
      const { fade, ...rest } = playback
      const { fade: fadeBefore, ...restBefore } = before.room.playback
      if (!fade?.then || command.type === 'server:songMoved') continue
      assert.ok(fadeBefore?.then === undefined, 'a second command does not begin another one')
      assert.ok('fadeMs' in command || (before.room.settings.songFadeMs ?? 0) > 0)
      assert.ok(command.type.startsWith('playback:') && isHostIn(before.room, actorIdOf(step)))
      assert.deepEqual(rest, restBefore)
      const { item, positionMs } = playback
      const chosenMs = 'fadeMs' in command ? command.fadeMs : before.room.settings.songFadeMs
      assert.ok(fade.at === at && fade.durationMs > 0 && fade.durationMs <= chosenMs!)
      assert.ok(fade.at + fade.durationMs <= playback.at + Math.max(250, item!.durationMs) - positionMs)
      assert.ok(playback.status === 'playing' && item?.kind === 'song' && fade.to === 0)
    }
  },

  'the volume of a song does not jump while it plays on': step => {
    const { before, after, command, at } = step
    for (const { playback } of eventsOf(step, 'playback:changed')) {
      const plays = ({ room }: ServerRoomState) => room.playback.status === 'playing'
      const isSeek = command.type === 'playback:play' && command.positionMs !== undefined
      if (!plays(before) || !plays(after) || isSeek || playback.at !== before.room.playback.at) continue
      if (playback.item?.id !== before.room.playback.item?.id) continue
      assert.ok(Math.abs(gainAt(before, at) - gainAt(after, at)) < 1e-9)
    }
  },

  'a fade-out ends in what it was ordered for, at its time, and the song is not heard again by itself': step => {
    const { before, after, command, at } = step
    const { fade, item } = before.room.playback
    if (command.type !== 'server:itemEnded' || !fade?.then) return
    const [changed] = eventsOf(step, 'playback:changed')
    const endsAt = fade.at + fade.durationMs
    if (!changed) return assert.ok(at < endsAt || command.at !== before.room.playback.at)
    const { playback } = changed
    assert.ok(at >= endsAt)
    if (fade.then === 'pause') {
      const { positionMs, at: since } = before.room.playback
      const endMs = Math.min(item!.durationMs, positionMs + endsAt - since)
      assert.deepEqual([playback.status, playback.item, playback.positionMs], ['paused', item, endMs])
    } else if (fade.then === 'stop') assert.equal(playback.status, 'stopped')
    else if (playback.item?.kind === 'song') {
      assert.ok([at, endsAt].includes(playback.at - songGapMs), 'it begins a moment later')
    }
    if (playback.item?.kind === 'song' || playback.item === null) assert.equal(gainAt(after, at), 0)
  }
}
