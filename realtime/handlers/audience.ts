import type { Handlers } from '../sockets/gate.ts'
import { pinHandlers, type PinHandlerParts } from './pins.ts'
import { pollHandlers, type PollHandlerParts } from './polls.ts'
import { songRequestHandlers, type SongRequestHandlerParts } from './song-requests.ts'

export type AudienceHandlerParts = PinHandlerParts & PollHandlerParts & SongRequestHandlerParts

/** What hosts show to their audience, and what the audience says to it: pins, polls and song requests. */
export function audienceHandlers(parts: AudienceHandlerParts) {
  return {
    ...pinHandlers(parts),
    ...pollHandlers(parts),
    ...songRequestHandlers(parts)
  } satisfies Partial<Handlers>
}
