import type { FastifyInstance } from 'fastify'
import { artistOf, findRecordings, recordings, type CatalogueRecording } from '../metadata/catalogue.ts'
import { createRepositoryState, startRepositoryStandIn, type RepositoryState } from '../metadata/faults.ts'

/** A small server with MusicBrainz' API, as far as the adapter uses it: https://musicbrainz.org/doc/MusicBrainz_API */
export interface MusicBrainzStandIn {
  readonly url: string
  readonly state: RepositoryState
  readonly settings: Record<string, string>
  close(): Promise<void>
}

export const mbidOf = (kind: string, n: number) =>
  `${kind}0000000-0000-4000-8000-${String(n).padStart(12, '0')}`.slice(-36)

/** Starts the stand-in. It answers 503 to more than one call in a moving second, as the service does. */
export async function startMusicBrainzStandIn(port = 0): Promise<MusicBrainzStandIn> {
  const state = createRepositoryState({ calls: 1, windowMs: 990 })
  const { url, close } = await startRepositoryStandIn(
    {
      state,
      routes: app => routes(app, state),
      throttle: async reply => {
        if (state.retryAfterS !== null) reply.header('retry-after', state.retryAfterS)
        return await reply.code(503).send({
          error:
            'Your requests are exceeding the allowable rate limit. Please see http://wiki.musicbrainz.org/XMLWebService for more information.'
        })
      }
    },
    port
  )
  const settings = {
    METADATA_SOURCES: 'tags,musicbrainz',
    METADATA_CONTACT: 'operator@ambient.example',
    MUSICBRAINZ_URL: `${url}/ws/2`
  }
  return { url, state, settings, close }
}

function routes(app: FastifyInstance, state: RepositoryState): void {
  // A generic user agent is blocked: https://musicbrainz.org/doc/MusicBrainz_API/Rate_Limiting
  app.addHook('onRequest', async ({ headers }, reply) => {
    const isNamed = /^\S+\/\S+ \( *\S+@\S+|https?:/.test(headers['user-agent'] ?? '')
    if (state.refusesKey || !isNamed) return await reply.code(403).send({ error: 'Your user agent is not allowed.' })
  })

  app.get('/ws/2/recording', async (request, reply) => {
    const { query = '', limit = '25' } = request.query as Record<string, string>
    const phrases = phrasesOf(query)
    if (!phrases) return await reply.code(400).send({ error: 'Invalid query', help: 'https://musicbrainz.org/doc' })
    const found = findRecordings(phrases.get('recording') ?? '', phrases.get('artist')).slice(0, Number(limit))
    return {
      created: '2026-11-28T20:00:00.000Z',
      count: found.length,
      offset: 0,
      recordings: found.map(recordingAnswer)
    }
  })

  app.get('/ws/2/recording/:id', async request => {
    const { id } = request.params as { id: string }
    return {
      id,
      title: 'A recording',
      length: null,
      video: false,
      relations: [
        relation('other databases', 'https://www.example.org/song/1'),
        relation('purchase for download', 'https://shop.example.org/song/1'),
        relation('free streaming', 'https://music.example.org/song/1')
      ]
    }
  })

  app.get('/ws/2/artist/:id', async (request, reply) => {
    const { id } = request.params as { id: string }
    const n = Number(id.slice(-12))
    if (!id.startsWith('a0000000') || !(n > 0)) return await reply.code(404).send({ error: 'Not Found' })
    const { name, area, beginYear, genres } = artistOf(n)
    return {
      id,
      name,
      'sort-name': name,
      type: 'Group',
      'type-id': null,
      country: null,
      disambiguation: n === 13 ? 'soul singer' : '',
      area: { id: mbidOf('b', n), name: area, 'sort-name': area, type: null, 'type-id': null },
      'begin-area': null,
      'end-area': null,
      'life-span': { begin: `${beginYear}-03`, end: null, ended: false },
      ipis: [],
      isnis: [],
      tags: [{ name: 'not really', count: 0 }, ...genres.map((genre, index) => ({ name: genre, count: index + 1 }))],
      relations: [
        relation('wikidata', 'https://www.wikidata.org/wiki/Q1'),
        { ...relation('official homepage', 'https://old.example.org/'), ended: true },
        relation('bandcamp', 'https://artist.bandcamp.example/'),
        relation('official homepage', 'https://artist.example.org/')
      ]
    }
  })
}

const relation = (type: string, resource: string) => ({
  type,
  'type-id': mbidOf('c', 1),
  'target-type': 'url',
  direction: 'forward',
  begin: null,
  end: null,
  ended: false,
  attributes: [],
  url: { id: mbidOf('d', 1), resource }
})

/** Reads `field:"phrase" AND field:"phrase"` strictly: an unescaped sign is an error, as in Lucene. */
function phrasesOf(query: string): Map<string, string> | null {
  const phrase = /^(\w+):"((?:\\.|[^"\\+\-&|!(){}[\]^~*?:/])*)"(?: AND |$)/
  const phrases = new Map<string, string>()
  let rest = query
  while (rest !== '') {
    const [whole, field, text] = phrase.exec(rest) ?? []
    if (whole === undefined || field === undefined || text === undefined) return null
    phrases.set(field, text.replace(/\\(.)/g, '$1'))
    rest = rest.slice(whole.length)
  }
  return phrases.size > 0 ? phrases : null
}

function recordingAnswer(recording: CatalogueRecording) {
  const { title, artist, album, year, durationMs } = recording
  const n = recordings.indexOf(recording) + 1
  const release = (name: string, date: string, group: object) => ({
    id: mbidOf('e', n),
    title: name,
    'status-id': mbidOf('f', 1),
    status: 'Official',
    date,
    country: 'XW',
    'release-group': { id: mbidOf('e', n), title: name, ...group }
  })
  return {
    id: mbidOf('a', n),
    score: 100,
    'artist-credit-id': mbidOf('b', n),
    title,
    length: durationMs,
    video: null,
    'artist-credit': [
      { name: artist.name, artist: { id: mbidOf('a', artist.id), name: artist.name, 'sort-name': artist.name } }
    ],
    'first-release-date': `${year}-05-02`,
    releases: [
      release('Best of Everything', `${year - 1}`, {
        'primary-type': 'Album',
        'secondary-types': ['Compilation'],
        'secondary-type-ids': []
      }),
      release(`${album} (reissue)`, `${year + 10}-01-01`, { 'primary-type': 'Album' }),
      release(album, `${year}-05-02`, { 'primary-type': 'Album' })
    ],
    isrcs: []
  }
}
