import { Type, type Static } from 'typebox'
import { Exactly } from './primitives.ts'

/** A stream of a show that any player opens without a sign-in. It answers while the show is live and public. */
const StreamUrl = Type.String({ description: 'Works without a token' })

/**
 * Answer of `GET /v1/shows/:showId/program`: the show as an HTTP stream, for radio apps, smart speakers and websites.
 * The addresses stay the same for the life of the show.
 */
export const ShowProgram = Exactly({
  on: Type.Boolean({ description: 'The addresses answer: the show is live and public, and its setting is on' }),
  listeners: Type.Integer({
    minimum: 0,
    description: 'About how many people hear the streams of the node that answers; not part of `listenerCount`'
  }),
  urls: Exactly({
    mp3: StreamUrl,
    aac: StreamUrl,
    opus: Type.String({ description: 'Ogg Opus. Not for Apple devices. Works without a token' }),
    hls: Type.String({ description: 'Playlist of Low-Latency HLS. Works without a token' })
  })
})
export type ShowProgram = Static<typeof ShowProgram>
