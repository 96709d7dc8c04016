import type { Handlers } from '../sockets/gate.ts'
import { pinHandlers, type PinHandlerParts } from './pins.ts'
import { pollHandlers, type PollHandlerParts } from './polls.ts'
import { songRequestHandlers, type SongRequestHandlerParts } from './song-requests.ts'

export type AudienceHandlerParts = PinHandlerParts & PollHandlerParts & SongRequestHandlerParts

/** Handles pins, polls and song requests: what hosts show to their audience, and its answers. */
export function audienceHandlers(parts: AudienceHandlerParts) {
  return {
    ...pinHandlers(parts),
    ...pollHandlers(parts),
    ...songRequestHandlers(parts)
  } satisfies Partial<Handlers>
}
