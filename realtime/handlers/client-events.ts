import type { Handlers } from '../sockets/gate.ts'
import type { HandshakeParts } from '../sockets/handshake.ts'
import { audienceHandlers, type AudienceHandlerParts } from './audience.ts'
import { authHandlers } from './auth.ts'
import { commentHandlers, type CommentHandlerParts } from './comments.ts'
import { mediaHandlers, type MediaHandlerParts } from './media.ts'
import { memberHandlers, type MemberHandlerParts } from './members.ts'
import { playbackHandlers, type PlaybackHandlerParts } from './playback.ts'
import { playerHandlers, type PlayerHandlerParts } from './player.ts'
import { showHandlers, type ShowHandlerParts } from './show.ts'
import { speakHandlers } from './speak.ts'

export type ClientEventHandlerParts = Pick<HandshakeParts, 'verifyAccess'> &
  CommentHandlerParts &
  MediaHandlerParts &
  MemberHandlerParts &
  PlaybackHandlerParts &
  PlayerHandlerParts &
  ShowHandlerParts & { audience: AudienceHandlerParts }

/** Returns the handler of each client event. */
export function clientEventHandlers(parts: ClientEventHandlerParts): Handlers {
  return {
    ...authHandlers(parts),
    ...showHandlers(parts),
    ...speakHandlers(),
    ...memberHandlers(parts),
    ...playbackHandlers(parts),
    ...playerHandlers(parts),
    ...commentHandlers(parts),
    ...audienceHandlers(parts.audience),
    ...mediaHandlers(parts)
  }
}
