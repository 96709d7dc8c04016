import { Type } from 'typebox'
import { Exactly } from './primitives.ts'

/** The answer of a server that is alive. */
export const Healthy = Exactly({ status: Type.Literal('ok') })

/** The answer of a server that should get traffic. `degraded` names unavailable dependencies that it can do without. */
export const Ready = Exactly({
  status: Type.Literal('ok'),
  degraded: Type.Optional(Type.Array(Type.String()))
})

/** The answer of a server that should get no traffic, and why. */
export const NotReady = Exactly({ status: Type.Literal('unavailable'), reasons: Type.Array(Type.String()) })
