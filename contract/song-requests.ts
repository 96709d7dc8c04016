import { Type, type Static } from 'typebox'
import { pageQuery } from './paging.ts'
import { Count, Exactly, Id, Nullable } from './primitives.ts'

/** Maximum number of requested songs in a show at a time. */
export const maxSongRequests = 50

const songFields = {
  songId: Id,
  title: Type.String(),
  artist: Nullable(Type.String()),
  artworkUrl: Nullable(Type.String()),
  durationMs: Type.Integer({ minimum: 0 })
}

/** A song that listeners may request: a song of the creator that is ready, with what listeners see of it. */
export const RequestableSong = Exactly(songFields)
export type RequestableSong = Static<typeof RequestableSong>

/** Query of the songs that listeners may request. Each word of `q` begins a word in title, artist or album. */
export const RequestableSongsQuery = Exactly({
  ...pageQuery,
  q: Type.Optional(Type.String({ maxLength: 100, description: 'Words that title, artist or album begin with' }))
})

/** A song that listeners have requested, with the number of people who vote for it. */
export const SongRequest = Exactly({ requestId: Id, ...songFields, votes: Count })
export type SongRequest = Static<typeof SongRequest>
