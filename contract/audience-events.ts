import { Type, type Static } from 'typebox'
import { Exactly, Id, Nullable, OneOf } from './primitives.ts'

/** The way in which a listener found the show: by a link, by following the creator, or in the list of shows. */
export const ListenerSource = OneOf(['link', 'follow', 'discover'])
export type ListenerSource = Static<typeof ListenerSource>

/** A pseudonym: a keyed hash of the user id. The same person has the same one in all shows. */
const person = Id

/**
 * An event of the audience of a live show. These events have an order of their own beside the room events of the show.
 * Clients do not receive them; they are stored, counted and published in Kafka.
 */
export const AudienceEvent = Type.Union([
  Exactly(
    { type: Type.Literal('audience:opened') },
    {
      description: 'A node opened the room. Listeners from before are present again when `listener:joined` repeats them'
    }
  ),
  Exactly({
    type: Type.Literal('listener:joined'),
    person,
    guest: Type.Boolean(),
    source: Nullable(ListenerSource)
  }),
  Exactly({ type: Type.Literal('listener:left'), person }),
  Exactly({ type: Type.Literal('comments:counted'), count: Type.Integer({ minimum: 1 }) }),
  Exactly({ type: Type.Literal('reactions:counted'), count: Type.Integer({ minimum: 1 }) })
])
export type AudienceEvent = Static<typeof AudienceEvent>

/** An audience event with its place: counted from 1 in each show, without gaps. `at` is the server time in ms. */
export interface AudienceRecord {
  readonly seq: number
  readonly at: number
  readonly event: AudienceEvent
}
