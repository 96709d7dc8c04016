import type { FastifyBaseLogger } from 'fastify'
import type { Redis } from 'ioredis'
import type { Config } from '../../../../config/config.ts'
import type { MetadataSource } from '../../../../contract/metadata.ts'
import manifest from '../../../../package.json' with { type: 'json' }
import type { Metrics } from '../../../external/metrics.ts'
import type { Validator } from '../../http/validation.ts'
import type { Readiness } from '../../operations/readiness.ts'
import { createCallQueue } from '../calls/call-queue.ts'
import { createMemorySlots, paceOf, type CallPace } from '../calls/call-slots.ts'
import { createRedisSlots } from '../calls/redis-call-slots.ts'
import type { MetadataRepository } from '../metadata-repository.ts'
import { createDiscogs, pauseOfDiscogs } from './discogs.ts'
import { createLastfm, createLastfmMeaning } from './lastfm.ts'
import { createMusicBrainz } from './musicbrainz.ts'
import { createRepositoryClient, type RepositoryClientParts } from './repository-client.ts'
import { createTagsRepository } from './tags.ts'

/** The settings of the repositories. */
export type RepositorySettings = Pick<
  Config,
  | 'METADATA_SOURCES'
  | 'METADATA_CONTACT'
  | 'MUSICBRAINZ_URL'
  | 'DISCOGS_URL'
  | 'DISCOGS_TOKEN'
  | 'LASTFM_URL'
  | 'LASTFM_API_KEY'
>

export interface RepositoriesParts {
  config: RepositorySettings
  /** Connection on which the calls of all nodes are counted; null for one node. */
  redis: Pick<Redis, 'eval'> | null
  validator: Pick<Validator, 'reader'>
  metrics: Pick<Metrics, 'repositories'>
  readiness: Pick<Readiness, 'addOptional'>
  log: Pick<FastifyBaseLogger, 'warn' | 'info'>
  /** For tests. */
  callTimeoutMs?: number
  /** For tests: the paces of repositories. */
  paces?: Partial<Record<MetadataSource, CallPace>>
}

const defaultCallTimeoutMs = 5000
const minuteMs = 60_000
const maxCallsPerMinute = 60
/**
 * One call per second, for each of them. MusicBrainz counts the time between calls:
 * https://musicbrainz.org/doc/MusicBrainz_API/Rate_Limiting; Discogs those in a moving minute:
 * https://www.discogs.com/developers#page:home,header:home-rate-limiting; Last.fm asks for no "several calls per
 * second": https://www.last.fm/api/intro
 */
const defaultPaces: Partial<Record<MetadataSource, CallPace>> = {
  musicbrainz: paceOf(maxCallsPerMinute, minuteMs, { gapMs: 1000 })
}
const defaultPace = paceOf(maxCallsPerMinute, minuteMs)

/** Creates the repositories of METADATA_SOURCES, in its order. */
export function createRepositories(parts: RepositoriesParts): MetadataRepository[] {
  const { config, redis, validator, metrics, readiness, log, paces = {} } = parts
  const { callTimeoutMs = defaultCallTimeoutMs } = parts
  // The user agent names the application, its version and a contact, as all of them ask for.
  const userAgent = `Ambient/${manifest.version} (${config.METADATA_CONTACT ?? 'no contact'})`

  function createClient(
    name: MetadataSource,
    baseUrl: string,
    options: Partial<Pick<RepositoryClientParts, 'headers' | 'query' | 'meaningOf' | 'pauseOf'>> = {}
  ) {
    const pace = paces[name] ?? defaultPaces[name] ?? defaultPace
    const calls = createCallQueue({
      slots: redis ? createRedisSlots({ redis, name, pace }) : createMemorySlots(pace),
      pace,
      callTimeoutMs,
      onWaited: waitedMs => metrics.repositories.waited(name, waitedMs)
    })
    const client = createRepositoryClient({
      ...options,
      name,
      baseUrl: baseUrl.replace(/\/+$/, ''),
      headers: { accept: 'application/json', 'user-agent': userAgent, ...options.headers },
      calls,
      logger: log,
      onAnswer: outcome => metrics.repositories.called(name, outcome)
    })
    readiness.addOptional(name, client.check)
    return client
  }

  const creators: Readonly<Record<MetadataSource, () => MetadataRepository>> = {
    tags: createTagsRepository,
    musicbrainz: () => createMusicBrainz(createClient('musicbrainz', config.MUSICBRAINZ_URL), validator),
    discogs: () =>
      createDiscogs(
        createClient('discogs', config.DISCOGS_URL, {
          // https://www.discogs.com/developers#page:authentication,header:authentication-discogs-auth-flow
          headers: { authorization: `Discogs token=${config.DISCOGS_TOKEN}` },
          pauseOf: pauseOfDiscogs
        }),
        validator
      ),
    lastfm: () =>
      createLastfm(
        createClient('lastfm', config.LASTFM_URL, {
          query: { format: 'json', api_key: config.LASTFM_API_KEY ?? '' },
          meaningOf: createLastfmMeaning(validator)
        }),
        validator
      )
  }
  return config.METADATA_SOURCES.map(source => creators[source]())
}
