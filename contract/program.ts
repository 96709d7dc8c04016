import { Type, type Static } from 'typebox'
import { Exactly } from './primitives.ts'

/** A stream of a show that any player opens without a sign-in. It answers while the show is live and public. */
const StreamUrl = Type.String({ description: 'Works without a token' })

/**
 * Answer of `GET /v1/shows/:showId/program`: the show as an HTTP stream, for radio apps, smart speakers and websites.
 * The addresses stay the same for the life of the show.
 */
export const ShowProgram = Exactly(
  {
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
  },
  {
    examples: [
      {
        on: true,
        listeners: 12,
        urls: {
          mp3: 'https://ambient.example/live/q3Xw8nLrT0aZ.mp3',
          aac: 'https://ambient.example/live/q3Xw8nLrT0aZ.aac',
          opus: 'https://ambient.example/live/q3Xw8nLrT0aZ.opus',
          hls: 'https://ambient.example/live/q3Xw8nLrT0aZ/hls/index.m3u8'
        }
      }
    ]
  }
)
export type ShowProgram = Static<typeof ShowProgram>
