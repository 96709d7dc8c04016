import type { FastifyInstance, FastifyReply } from 'fastify'
import { artistOf, artists, findRecordings, type CatalogueArtist } from '../metadata/catalogue.ts'
import { createRepositoryState, startRepositoryStandIn, type RepositoryState } from '../metadata/faults.ts'

/** State of the stand-in, which tests change. */
export interface LastfmState extends RepositoryState {
  readonly key: string
  /** Code of the error with which every request is answered; null for none. */
  error: number | null
  /** Status of errors. The service sends them with 200 as well as with others. */
  errorStatus: number
}

/** A small server with Last.fm's API, as far as the adapter uses it: https://www.last.fm/api */
export interface LastfmStandIn {
  readonly url: string
  readonly state: LastfmState
  readonly settings: Record<string, string>
  close(): Promise<void>
}

const messages: Readonly<Record<number, string>> = {
  6: 'The artist you supplied could not be found',
  8: 'Operation failed - Most likely the backend service failed. Please try again.',
  10: 'Invalid API key - You must be granted a valid key by last.fm',
  26: 'API Key Suspended - This application is not allowed to make requests to the web services',
  29: 'Rate Limit Exceeded - Your IP has made too many requests in a short period, exceeding our API guidelines'
}

/** Starts the stand-in. It answers with error 29 to more than five calls in a moving second. */
export async function startLastfmStandIn(port = 0): Promise<LastfmStandIn> {
  const state: LastfmState = {
    ...createRepositoryState({ calls: 5, windowMs: 1000 }),
    key: 'stand-in-lastfm-key',
    error: null,
    errorStatus: 200
  }
  const { url, close } = await startRepositoryStandIn(
    { state, routes: app => routes(app, state), throttle: async reply => await failure(reply, 29, state) },
    port
  )
  const settings = {
    METADATA_SOURCES: 'lastfm',
    METADATA_CONTACT: 'operator@ambient.example',
    LASTFM_URL: `${url}/2.0`,
    LASTFM_API_KEY: state.key
  }
  return { url, state, settings, close }
}

async function failure(reply: FastifyReply, error: number, { errorStatus }: LastfmState): Promise<FastifyReply> {
  return await reply.code(errorStatus).send({ error, message: messages[error] ?? 'An error', links: [] })
}

function routes(app: FastifyInstance, state: LastfmState): void {
  app.get('/2.0/', async (request, reply) => {
    const { method = '', api_key: key, artist = '', track = '', format } = request.query as Record<string, string>
    if (state.error !== null) return await failure(reply, state.error, state)
    if (state.refusesKey || key !== state.key) return await failure(reply, 10, state)
    if (format !== 'json') return await reply.type('text/xml').send('<lfm status="ok"></lfm>')
    switch (method) {
      case 'track.getInfo': {
        const [found] = findRecordings(track, artist)
        if (!found) return await failure(reply, 6, state)
        return { track: trackAnswer(found) }
      }
      case 'track.search':
        return searchAnswer(track)
      case 'artist.getInfo': {
        const found = artists.find(({ name }) => name.toLowerCase() === artist.toLowerCase())
        const number = /^Artist (\d+)$/.exec(artist)?.[1]
        if (!found && number === undefined) return await failure(reply, 6, state)
        return { artist: artistAnswer(found ?? artistOf(Number(number))) }
      }
      default:
        return await failure(reply, 3, state)
    }
  })
}

const pageOf = (...path: string[]) => `https://www.last.fm/music/${path.map(encodeURIComponent).join('/')}`
/** The picture of a star that all artists have. */
const image = ['small', 'medium', 'large'].map(size => ({
  '#text': 'https://lastfm.example/i/u/2a96cbd8b46e442fc41c2b86b821562f.png',
  size
}))

function trackAnswer({ title, artist, album, durationMs }: ReturnType<typeof findRecordings>[number]) {
  return {
    name: title,
    url: pageOf(artist.name, '_', title),
    duration: String(durationMs),
    streamable: { '#text': '0', fulltrack: '0' },
    listeners: '1200',
    playcount: '3400',
    artist: { name: artist.name, mbid: '', url: pageOf(artist.name) },
    // An empty element is an empty string.
    album: title === 'Amber' ? '' : { artist: artist.name, title: album, url: pageOf(artist.name, album), image },
    toptags: { tag: [] }
  }
}

function searchAnswer(track: string) {
  const found = findRecordings(track).map(({ title, artist }) => ({
    name: title,
    artist: artist.name,
    url: pageOf(artist.name, '_', title),
    streamable: 'FIXME',
    listeners: '1200',
    image,
    mbid: ''
  }))
  return {
    results: {
      'opensearch:Query': { '#text': '', role: 'request', startPage: '1' },
      'opensearch:totalResults': String(found.length),
      'opensearch:startIndex': '0',
      'opensearch:itemsPerPage': '5',
      trackmatches: { track: found },
      '@attr': {}
    }
  }
}

function artistAnswer({ id, name, genres }: CatalogueArtist) {
  const tags = genres.map(genre => ({ name: genre, url: `https://www.last.fm/tag/${encodeURIComponent(genre)}` }))
  const link = `<a href="${pageOf(name)}">Read more on Last.fm</a>`
  return {
    name,
    url: pageOf(name),
    image,
    streamable: '0',
    ontour: '0',
    stats: { listeners: '1200', playcount: '3400' },
    similar: { artist: [] },
    // A list with one item is that item.
    tags: id > 100 ? '' : { tag: tags.length === 1 ? tags[0] : tags },
    bio:
      id > 100
        ? ''
        : {
            links: { link: { '#text': '', rel: 'original', href: `${pageOf(name)}/+wiki` } },
            published: '22 Feb 2026, 10:00',
            summary: `${name} make songs &amp; sounds. They said &quot;hello&quot;. ${link}`,
            content: `${name} make songs &amp; sounds. ${link}. User-contributed text is available under the Creative Commons By-SA License; additional terms may apply.`
          }
  }
}
