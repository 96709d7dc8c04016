import { Type, type Static } from 'typebox'
import { Exactly, Id } from './primitives.ts'

/** The people who speak. Each message replaces the one before. */
export const Speaking = Exactly({
  levels: Type.Array(Exactly({ userId: Id, volume: Type.Integer({ minimum: -127, maximum: 0, description: 'dBov' }) }))
})
/** Loudness of a speaker: 0 is the maximum, -127 is silence. */
export type SpeakingLevel = Static<typeof Speaking>['levels'][number]

/** The `media:speaking` messages that a client wants, in `show:join`. */
export const WantsLevels = Type.Boolean({
  description:
    'True: `media:speaking` comes about every 500 ms while anybody speaks, with their levels. Without `levels`: it comes ' +
    'when somebody begins or stops to speak, with the levels of that moment. False: the same, and it leaves out the ' +
    'people whom the client receives, since it can measure them itself'
})
