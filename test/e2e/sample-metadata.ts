import type { Page, Route } from 'playwright-core'
import type { ArtistCard, MetadataProposal, ProposedSongs, SongMetadata } from '../../contract/metadata.ts'
import type { Song } from '../../contract/songs.ts'

const fetchedAt = '2027-03-01T19:00:00.000Z'
const discogs = { source: 'discogs', url: 'https://www.discogs.com/artist/123', fetchedAt } as const
const musicbrainz = { source: 'musicbrainz', url: 'https://musicbrainz.org/artist/0d1f2a3b', fetchedAt } as const
const lastfm = { source: 'lastfm', url: 'https://www.last.fm/music/A+Quiet+Band', fetchedAt } as const

/** A card with all parts. */
export const sampleArtist: ArtistCard = {
  key: 'quietband',
  name: 'A Quiet Band',
  about: {
    ...lastfm,
    text:
      'A duo from a small harbour town. They recorded their first songs in the kitchen of a lighthouse, with the ' +
      'windows open.\n\nSince then they have played on boats, in libraries and once in a tram that did not stop.'
  },
  genres: [
    { ...discogs, name: 'Folk' },
    { ...discogs, name: 'Ambient' },
    { ...musicbrainz, name: 'Chamber pop' }
  ],
  origin: { ...musicbrainz, area: 'Harbour town', beginYear: 1994, endYear: null },
  links: [
    { ...musicbrainz, label: 'Official homepage', address: 'https://quiet-band.example/' },
    { ...musicbrainz, label: 'Shop', address: 'https://shop.example/a-quiet-band' }
  ]
}

/** Two proposals for a song. */
export function sampleProposals(): MetadataProposal[] {
  return [
    {
      ...musicbrainz,
      id: 'p1',
      url: 'https://musicbrainz.org/recording/0d1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b',
      title: null,
      artist: 'A Quiet Band',
      album: null,
      year: 1994,
      link: null,
      score: 0.94
    },
    {
      ...discogs,
      id: 'p2',
      url: 'https://www.discogs.com/release/123',
      title: 'Take three',
      artist: 'The Quiet Bands',
      album: 'Evenings by the harbour, recorded in one night',
      year: 2001,
      link: 'https://quiet-band.example/take-three',
      score: 0.6
    }
  ]
}

/** Answers to the requests about metadata. A test can change them. */
export interface AnsweredMetadata {
  proposals: Map<string, MetadataProposal[]>
  progress: ProposedSongs['progress']
  /** Requests about metadata fail. */
  isFailing: boolean
  artist: ArtistCard | null
}

/** Answers the requests of a page about metadata, as a server with repositories does. */
export async function answerMetadata(page: Page, answers: AnsweredMetadata): Promise<void> {
  const changed = new Map<string, Partial<Song>>()
  const failure = { status: 503, json: { statusCode: 503, code: 'UNAVAILABLE', message: 'Not available right now.' } }
  const songsOf = async (route: Route): Promise<Song[]> => {
    const { origin } = new URL(route.request().url())
    const response = await route.fetch({ url: `${origin}/v1/songs?limit=100`, method: 'GET' })
    return (await response.json()).items.map((song: Song) => ({ ...song, ...changed.get(song.id) }))
  }
  const metadataOf = async (route: Route, songId: string): Promise<SongMetadata> => {
    const song = (await songsOf(route)).find(({ id }) => id === songId)!
    const typed = { source: 'owner', url: null, fetchedAt } as const
    const tags = { source: 'tags', url: null, fetchedAt } as const
    return {
      song,
      sources: { title: changed.get(songId)?.title ? typed : tags, artist: song.artist ? musicbrainz : undefined! },
      proposals: answers.proposals.get(songId) ?? [],
      repositories: [
        { name: 'musicbrainz', state: 'answered' },
        { name: 'discogs', state: 'answered' },
        { name: 'lastfm', state: 'waiting' }
      ]
    }
  }
  await page.route(/\/v1\/songs(\?|$)/, async route => {
    if (route.request().method() !== 'GET') return await route.fallback()
    const response = await route.fetch()
    const body = await response.json()
    body.items = body.items.map((song: Song) => ({ ...song, ...changed.get(song.id) }))
    await route.fulfill({ json: body })
  })
  await page.route('**/v1/songs/proposals*', async route => {
    if (answers.isFailing) return await route.fulfill(failure)
    const items = (await songsOf(route)).flatMap(song => {
      const [proposal] = answers.proposals.get(song.id) ?? []
      return proposal ? [{ song, proposal }] : []
    })
    await route.fulfill({ json: { items, nextCursor: null, progress: answers.progress } })
  })
  await page.route(/\/v1\/songs\/[\w-]+\/metadata/, async route => {
    if (answers.isFailing) return await route.fulfill(failure)
    const [songId = '', , action] = new URL(route.request().url()).pathname.split('/').slice(3)
    const { proposalId, fields } = (route.request().postDataJSON() ?? {}) as { proposalId?: string; fields?: string[] }
    const proposals = answers.proposals.get(songId) ?? []
    const proposal = proposals.find(({ id }) => id === proposalId)
    if (action === 'accept' && proposal) {
      const { title, artist, album, year, link } = proposal
      const values = Object.entries({ title, artist, album, year, link }).filter(
        ([field, value]) => value !== null && (!fields || fields.includes(field))
      )
      changed.set(songId, { ...changed.get(songId), ...Object.fromEntries(values) })
    }
    if (action) {
      answers.proposals.set(
        songId,
        proposals.filter(({ id }) => id !== proposalId)
      )
    }
    await route.fulfill({ json: await metadataOf(route, songId) })
  })
  await page.route(/\/v1\/songs\/[\w-]+$/, async route => {
    if (route.request().method() !== 'PATCH') return await route.fallback()
    const songId = new URL(route.request().url()).pathname.split('/').at(-1) ?? ''
    changed.set(songId, { ...changed.get(songId), ...route.request().postDataJSON() })
    await route.fulfill({ json: (await metadataOf(route, songId)).song })
  })
  await page.route('**/v1/artists/*', async route => {
    if (answers.isFailing) return await route.fulfill(failure)
    if (answers.artist) return await route.fulfill({ json: answers.artist })
    await route.fulfill({ status: 404, json: { statusCode: 404, code: 'NOT_FOUND', message: 'Not found.' } })
  })
}
