import { actorId } from '../commands.ts'
import type { Deciders } from './decider.ts'

/** The level of songs that hosts set for everybody. */
export const songLevelDeciders: Deciders<'playback:level'> = {
  'playback:level': ({ room }, { levelDb }, actor) =>
    levelDb === (room.songLevelDb ?? 0) ? [] : [{ type: 'songLevel:changed', levelDb, by: actorId(actor) }]
}
