import { Type, type Static } from 'typebox'
import { Count, Exactly, Id, IsoTime, Nullable, OneOf } from './primitives.ts'
import { ReleaseYear, Song, SongLink } from './songs.ts'

/** Repositories that propose metadata. `tags` are those of the uploaded file, and the path of an imported one. */
export const metadataSources = ['tags', 'musicbrainz', 'discogs', 'lastfm'] as const
export const MetadataSource = OneOf(metadataSources)
export type MetadataSource = (typeof metadataSources)[number]

/** Fields of a song that a repository can propose. */
export const metadataFields = ['title', 'artist', 'album', 'year', 'link'] as const
export const MetadataField = OneOf(metadataFields)
export type MetadataField = (typeof metadataFields)[number]

/** Maximum number of proposals for one song. */
export const maxProposals = 10

/** Source of a value: clients show its name with a link to `url`. */
const sourceFields = {
  source: MetadataSource,
  url: Nullable(Type.String({ description: 'Page of the source with this content' })),
  fetchedAt: IsoTime
}

/** Source of content that is shown as long as its terms allow. */
const shownFields = {
  ...sourceFields,
  /** Time after which the content may not be shown. Left out where the source has no limit. */
  showUntil: Type.Optional(IsoTime)
}

/** Source of a song's field: `owner`, typed by the owner, or accepted from a repository. */
export const FieldSource = Exactly({ ...sourceFields, source: OneOf(['owner', ...metadataSources]) })

/** Values that one repository proposes for a song. A missing value is null. `score` says how well they match. */
export const MetadataProposal = Exactly(
  {
    id: Id,
    ...shownFields,
    title: Nullable(Type.String()),
    artist: Nullable(Type.String()),
    album: Nullable(Type.String()),
    year: Nullable(ReleaseYear),
    link: Nullable(SongLink),
    score: Type.Number({ minimum: 0, maximum: 1 })
  },
  {
    examples: [
      {
        id: 'Vb3kQm0LrTw2',
        source: 'musicbrainz',
        url: 'https://musicbrainz.org/recording/0d1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b',
        fetchedAt: '2027-02-22T10:00:00.000Z',
        title: 'A song',
        artist: 'An artist',
        album: 'An album',
        year: 1994,
        link: null,
        score: 0.94
      }
    ]
  }
)
export type MetadataProposal = Static<typeof MetadataProposal>

/**
 * State of a repository for one song: `answered`; `waiting`, its turn has not come; `unavailable`, it failed and is
 * asked again later.
 */
export const SourceState = OneOf(['answered', 'waiting', 'unavailable'])

/** A repository and its state. */
export const RepositoryState = Exactly({ name: MetadataSource, state: SourceState })

/** Sources of a song's fields. A field of the uploaded file that nobody changed has none. */
export const FieldSources = Exactly(
  Object.fromEntries(metadataFields.map(field => [field, Type.Optional(FieldSource)]))
)

/**
 * Answer of `GET /v1/songs/:songId/metadata`. `sources` names the source of each field that has one. Proposals are
 * ordered by score, best first, without those that were rejected and without values that the song has already.
 */
export const SongMetadata = Exactly({
  song: Song,
  sources: FieldSources,
  proposals: Type.Array(MetadataProposal, { maxItems: maxProposals }),
  repositories: Type.Array(RepositoryState)
})
export type SongMetadata = Static<typeof SongMetadata>

/**
 * Body of `POST /v1/songs/:songId/metadata/accept`. Without `fields`, takes every proposed value that does not replace
 * one the owner typed. Naming a field replaces it in any case.
 */
export const MetadataAcceptance = Exactly({
  proposalId: Id,
  fields: Type.Optional(Type.Array(MetadataField, { minItems: 1, maxItems: metadataFields.length, uniqueItems: true }))
})
export type MetadataAcceptance = Static<typeof MetadataAcceptance>

/** Body of `POST /v1/songs/:songId/metadata/reject`: this match is wrong and is not proposed again. */
export const MetadataRejection = Exactly({ proposalId: Id })
export type MetadataRejection = Static<typeof MetadataRejection>

/** A song with the best proposal for it. */
export const ProposedSong = Exactly({ song: Song, proposal: MetadataProposal })
export type ProposedSong = Static<typeof ProposedSong>

/** Answer of `GET /v1/songs/proposals`: songs with proposals, newest song first, and how many songs were asked for. */
export const ProposedSongs = Exactly({
  items: Type.Array(ProposedSong),
  nextCursor: Nullable(Type.String()),
  progress: Exactly({ asked: Count, total: Count })
})
export type ProposedSongs = Static<typeof ProposedSongs>

/** Sent to the owner of a song when its proposals changed. */
export const SongMetadataUpdate = Exactly(
  { songId: Id, proposals: Count },
  { examples: [{ songId: 'm8Qz0LrTw3Xa', proposals: 2 }] }
)
export type SongMetadataUpdate = Static<typeof SongMetadataUpdate>

/** A text about an artist with its source. */
const ArtistText = Exactly({ ...shownFields, text: Type.String({ maxLength: 2000 }) })

/** Card of an artist. Every part carries its source. Parts that may not be shown any longer are left out. */
export const ArtistCard = Exactly(
  {
    key: Id,
    name: Type.String(),
    about: Nullable(ArtistText),
    genres: Type.Array(Exactly({ ...shownFields, name: Type.String() }), { maxItems: 10 }),
    origin: Nullable(
      Exactly({
        ...shownFields,
        area: Nullable(Type.String()),
        beginYear: Nullable(ReleaseYear),
        endYear: Nullable(ReleaseYear)
      })
    ),
    links: Type.Array(Exactly({ ...shownFields, label: Type.String(), address: SongLink }), { maxItems: 10 })
  },
  {
    examples: [
      {
        key: 'aXk2Lr0QmTw9',
        name: 'An artist',
        about: {
          source: 'discogs',
          url: 'https://www.discogs.com/artist/123',
          fetchedAt: '2027-02-22T10:00:00.000Z',
          text: 'A duo that plays songs.'
        },
        genres: [],
        origin: null,
        links: []
      }
    ]
  }
)
export type ArtistCard = Static<typeof ArtistCard>
