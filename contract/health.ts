import { Type } from 'typebox'
import { Exactly } from './primitives.ts'

/** The answer of a server that is alive, or ready for traffic. */
export const Healthy = Exactly({ status: Type.Literal('ok') })

/** The answer of a server that should get no traffic, and why. */
export const NotReady = Exactly({ status: Type.Literal('unavailable'), reasons: Type.Array(Type.String()) })
