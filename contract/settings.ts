import { Type, type Static } from 'typebox'
import { Exactly, OneOf } from './primitives.ts'
import { maxSongFadeMs } from './song-gain.ts'

/** Maximum time that slow mode requires between two comments of a person. */
export const maxSlowModeMs = 600_000

/** Whether songs get quieter while somebody speaks, and by how much in dB. */
export const Ducking = Exactly({ on: Type.Boolean(), levelDb: Type.Number({ minimum: -40, maximum: 0 }) })

/** People who may send links in comments. Each value allows fewer people than the one before it. */
export const linkSenders = ['everybody', 'hosts', 'nobody'] as const
export type LinkSenders = (typeof linkSenders)[number]

const fields = {
  maxSpeakers: Type.Integer({ minimum: 1, maximum: 50, description: 'Seats on stage besides the creator' }),
  speakRequests: OneOf(['open', 'closed']),
  comments: OneOf(['open', 'closed']),
  slowModeMs: Type.Integer({ minimum: 0, maximum: maxSlowModeMs }),
  ducking: Ducking,
  atEnd: OneOf(['stop', 'repeat']),
  quietForSpotify: Type.Boolean()
}

/** Settings that shows of earlier builds do not have. An absent switch is off, and song requests are closed. */
const laterFields = {
  commentLinks: Type.Optional(
    OneOf(linkSenders, 'People who may send links in comments, unless the server allows fewer; absent: everybody')
  ),
  slowModeSpeakersMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: maxSlowModeMs,
      description: 'Slow mode of the people on stage; absent: they wait as long as listeners. Hosts never wait'
    })
  ),
  firstComments: Type.Optional(
    OneOf(
      ['open', 'held'],
      'Whether the first comment of a person waits until a host publishes it, unless one of theirs was published in a ' +
        'show of this creator before; absent: open'
    )
  ),
  record: Type.Optional(Type.Boolean({ description: 'The recording starts with the show' })),
  program: Type.Optional(
    Type.Boolean({ description: 'The show is also an HTTP stream, for radio apps; only while the show is public' })
  ),
  songRequests: Type.Optional(
    OneOf(['open', 'closed'], 'Whether listeners request songs of the creator, and vote for them; absent: closed')
  ),
  songFadeMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: maxSongFadeMs,
      description: 'Songs fade out during this time before they end, pause or change; absent: 0, not at all'
    })
  )
}

/** Settings of a show. */
export const ShowSettings = Exactly({ ...fields, ...laterFields })
export type ShowSettings = Static<typeof ShowSettings>

/** Changed settings. The others stay as they are. */
export const ShowSettingsPatch = Exactly({
  maxSpeakers: Type.Optional(fields.maxSpeakers),
  speakRequests: Type.Optional(fields.speakRequests),
  comments: Type.Optional(fields.comments),
  slowModeMs: Type.Optional(fields.slowModeMs),
  ducking: Type.Optional(fields.ducking),
  atEnd: Type.Optional(fields.atEnd),
  quietForSpotify: Type.Optional(fields.quietForSpotify),
  ...laterFields
})
export type ShowSettingsPatch = Static<typeof ShowSettingsPatch>

/** Settings of a show whose creator chose none. */
export const defaultSettings: ShowSettings = {
  maxSpeakers: 10,
  speakRequests: 'open',
  comments: 'open',
  slowModeMs: 0,
  ducking: { on: true, levelDb: -12 },
  atEnd: 'stop',
  quietForSpotify: false
}
