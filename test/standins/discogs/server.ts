import type { FastifyInstance } from 'fastify'
import { artistOf, artists, findRecordings, recordings, type CatalogueRecording } from '../metadata/catalogue.ts'
import { createRepositoryState, startRepositoryStandIn, usedCalls, type RepositoryState } from '../metadata/faults.ts'

/** State of the stand-in, which tests change. */
export interface DiscogsState extends RepositoryState {
  readonly token: string
  /** Calls of other programs with the same address that count against the limit. */
  otherCalls: number
}

/** A small server with Discogs' API, as far as the adapter uses it: https://www.discogs.com/developers */
export interface DiscogsStandIn {
  readonly url: string
  readonly state: DiscogsState
  readonly settings: Record<string, string>
  close(): Promise<void>
}

/** Starts the stand-in. It counts a moving minute, and tells the state of its limit in the headers of all answers. */
export async function startDiscogsStandIn(port = 0): Promise<DiscogsStandIn> {
  const state: DiscogsState = {
    ...createRepositoryState({ calls: 60, windowMs: 60_000 }),
    token: 'stand-in-discogs-token',
    otherCalls: 0
  }
  const { url, close } = await startRepositoryStandIn(
    {
      state,
      routes: app => routes(app, state),
      throttle: async reply => {
        if (state.retryAfterS !== null) reply.header('retry-after', state.retryAfterS)
        return await reply.code(429).send({ message: 'You are making requests too quickly.' })
      }
    },
    port
  )
  const settings = {
    METADATA_SOURCES: 'discogs',
    METADATA_CONTACT: 'https://ambient.example/contact',
    DISCOGS_URL: url,
    DISCOGS_TOKEN: state.token
  }
  return { url, state, settings, close }
}

function routes(app: FastifyInstance, state: DiscogsState): void {
  app.addHook('onSend', async (_request, reply) => {
    const used = Math.min(usedCalls(state) + state.otherCalls, state.limit.calls)
    reply.header('x-discogs-ratelimit', state.limit.calls)
    reply.header('x-discogs-ratelimit-used', used)
    reply.header('x-discogs-ratelimit-remaining', state.limit.calls - used)
  })
  app.addHook('onRequest', async ({ headers }, reply) => {
    if (state.refusesKey || headers.authorization !== `Discogs token=${state.token}`) {
      return await reply
        .code(401)
        .send({ message: 'Invalid consumer token. Please register an app before making requests.' })
    }
  })
  app.setNotFoundHandler(
    async (_request, reply) => await reply.code(404).send({ message: 'The requested resource was not found.' })
  )

  app.get('/database/search', async request => {
    const { track = '', artist, type = 'release', per_page: perPage = '50' } = request.query as Record<string, string>
    // The song of Orbit & Signal has no master.
    const title = track === workTitle ? workPart : track
    const found = findRecordings(title, artist).filter(({ artist: { id } }) => type === 'release' || id !== 12)
    return {
      pagination: { page: 1, pages: 1, per_page: Number(perPage), items: found.length, urls: {} },
      results: found.map(recording => hitAnswer(recording, type))
    }
  })

  for (const [folder, type] of [
    ['masters', 'master'],
    ['releases', 'release']
  ] as const) {
    app.get(`/${folder}/:id`, async (request, reply) => {
      const { id } = request.params as { id: string }
      const recording = recordings[Number(id) - 500]
      if (!recording) return await reply.code(404).send({ message: `${type} not found.` })
      return releaseAnswer(recording, type)
    })
  }

  app.get('/artists/:id', async (request, reply) => {
    const { id } = request.params as { id: string }
    if (!(Number(id) > 0)) return await reply.code(404).send({ message: 'Artist not found.' })
    return artistAnswer(Number(id))
  })
}

/** A work is found by its title, and by that of its part. */
const [workTitle, workPart] = ['A suite', 'Low Tide']

const discogsName = (id: number) => (id === 13 ? 'Velvet (2)' : artistOf(id).name)

function hitAnswer(recording: CatalogueRecording, type: string) {
  const id = recordings.indexOf(recording) + 500
  return {
    country: 'Harbour',
    year: String(recording.year),
    format: ['Vinyl', 'LP', 'Album'],
    label: ['A label'],
    type,
    genre: ['Pop'],
    style: ['Dream Pop'],
    id,
    barcode: [],
    master_id: type === 'master' ? id : 0,
    master_url: null,
    uri: `/${type}/${id}-A-page`,
    catno: 'CAT 1',
    title: `${discogsName(recording.artist.id)} - ${recording.album}`,
    thumb: '',
    cover_image: 'https://img.discogs.example/spacer.gif',
    resource_url: `https://api.discogs.com/${type}s/${id}`,
    community: { want: 1, have: 2 }
  }
}

function releaseAnswer(recording: CatalogueRecording, type: string) {
  const { artist, album, year, durationMs, title } = recording
  const id = recordings.indexOf(recording) + 500
  const seconds = durationMs / 1000
  const track = {
    position: 'A2',
    type_: 'track',
    title,
    duration: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  }
  return {
    id,
    resource_url: `https://api.discogs.com/${type}s/${id}`,
    uri: `https://www.discogs.com/${type}/${id}-A-page`,
    title: album,
    year,
    genres: ['Pop'],
    styles: ['Dream Pop'],
    artists: [
      { name: discogsName(artist.id), anv: '', join: '', role: '', tracks: '', id: artist.id, resource_url: '' }
    ],
    tracklist: [
      // A heading may have the name of a song.
      { position: '', type_: 'heading', title, duration: '' },
      { position: 'A1', type_: 'track', title: 'Another song', duration: '' },
      // The parts of a work stand below it, without a place of their own.
      ...(album === 'Paper Moons'
        ? [{ position: '', type_: 'index', title: workTitle, duration: '', sub_tracks: [track] }]
        : [track])
    ],
    data_quality: 'Correct'
  }
}

function artistAnswer(id: number) {
  const { name } = artistOf(id)
  return {
    name: discogsName(id),
    id,
    resource_url: `https://api.discogs.com/artists/${id}`,
    uri: `https://www.discogs.com/artist/${id}-A-page`,
    releases_url: `https://api.discogs.com/artists/${id}/releases`,
    images: [{ type: 'primary', uri: '', resource_url: '', uri150: '', width: 600, height: 600 }],
    profile:
      `[b]${name}[/b] played with [a=Velvet (2)] and [a12] on [l=A label] ([m123456]).\r\n` +
      'See [url=https://artist.example.org/]their page[/url].',
    urls: ['https://artist.example.org/', 'not an address', 'https://www.music.example.org/artist'],
    namevariations: [name.toUpperCase()],
    members: artists.slice(0, 2).map(artist => ({ id: artist.id, name: artist.name, resource_url: '', active: true })),
    data_quality: 'Needs Vote'
  }
}
