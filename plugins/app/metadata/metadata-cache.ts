import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { createCache } from 'async-cache-dedupe'
import type { FastifyBaseLogger } from 'fastify'
import type { Redis } from 'ioredis'
import PQueue from 'p-queue'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { metadataSources, type MetadataSource } from '../../../contract/metadata.ts'
import {
  RecordConflict,
  type RecordKind,
  type RecordTable,
  type StoredRecord
} from '../../external/records/record-store.ts'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { showForMsOf } from './metadata-repository.ts'

/** The answer of a repository, and its time. */
export interface Answer {
  fetchedAt: number
  value: unknown
}

/** An entry of the cache: says which stored object has an answer, and until when. */
export interface MetadataEntry extends StoredRecord {
  source: MetadataSource
  hash: string
  objectKey: string
  fetchedAt: number
  expires: Date
}

export const metadataEntriesKind = {
  name: 'metadataEntries',
  place: { partition: 'source', order: ['hash'] },
  indexes: { byId: { partition: '_id', order: [] } },
  expires: 'expires'
} satisfies RecordKind

export interface MetadataCacheParts {
  storage: Pick<ObjectStorage, 'put' | 'get' | 'list' | 'delete'>
  entries: Pick<RecordTable<MetadataEntry, 'byId'>, 'find' | 'findMany' | 'put'>
  /** Keeps answers for a short time for all nodes; null keeps them in memory. */
  redis: Redis | null
  log: Pick<FastifyBaseLogger, 'warn'>
  nowMs(): number
}

/** Source and subject of an answer, or the hash of the subject. */
export type AnswerPlace = readonly [MetadataSource, string]

export type MetadataCache = ReturnType<typeof createMetadataCache>

const StoredAnswer = Type.Object({ fetchedAt: Type.Integer(), value: Type.Unknown() })
const shortSeconds = 60
const maxInMemory = 1000
/** Maximum number of objects that a list reads at the same time. */
const maxReads = 8
const prefix = 'metadata/'
const dayMs = 24 * 3_600_000
/** Objects without an entry are removed after this time. */
const maxObjectAgeMs = 200 * dayMs
/** Content that may be shown for hours only is removed after this time, also while its source is off. */
const maxLimitedAgeMs = dayMs

/**
 * The two caches of what repositories answered: Redis or memory for a minute, and the object storage. An answer counts
 * once its entry is stored, which follows the object: after a crash in between, the repository is asked again. Keys are
 * hashes: the cache has answers of repositories, and no text of a person.
 */
export function createMetadataCache({ storage, entries, redis, log, nowMs }: MetadataCacheParts) {
  const cache = createCache({
    storage: redis ? { type: 'redis', options: { client: redis } } : { type: 'memory', options: { size: maxInMemory } }
  }).define(
    'metadata',
    {
      ttl: (answer: Answer | undefined) => (answer ? shortSeconds : 0),
      serialize: ({ source, hash }: { source: MetadataSource; hash: string }) => `${source}~${hash}`
    },
    read
  )

  async function read({ source, hash }: { source: MetadataSource; hash: string }): Promise<Answer | undefined> {
    return await readObject(await entries.find('place', [source, hash]))
  }

  async function readObject(entry: MetadataEntry | null): Promise<Answer | undefined> {
    if (!entry || entry.expires.getTime() <= nowMs()) return undefined
    const stored = await storage.get(entry.objectKey)
    if (!stored) return undefined
    const answer: unknown = JSON.parse(await text(stored.stream))
    return Value.Check(StoredAnswer, answer) ? answer : undefined
  }

  /** Returns the answers at places that Redis or the memory has, by their keys. */
  async function findRecent(places: ReadonlyMap<string, AnswerPlace>) {
    const found = new Map<string, Answer>()
    await Promise.all(
      [...places.keys()].map(async key => {
        const answer: unknown = await cache.get('metadata', key)
        if (Value.Check(StoredAnswer, answer)) found.set(key, answer)
      })
    )
    return found
  }

  return {
    /** Returns a stored answer; undefined when there is none, or the stores do not answer. */
    async find(source: MetadataSource, subject: string): Promise<Answer | undefined> {
      try {
        const answer: unknown = await cache.metadata({ source, hash: hashOf(subject) })
        return Value.Check(StoredAnswer, answer) ? answer : undefined
      } catch (err) {
        log.warn({ err, source }, 'metadata cache not readable')
        return undefined
      }
    },

    /**
     * Returns stored answers like `find`, in the order of their places. Asks the store of records once for all, and
     * the storage for each answer that was not read within a minute.
     */
    async findMany(places: readonly AnswerPlace[]): Promise<(Answer | undefined)[]> {
      const hashed = places.map(([source, subject]) => [source, hashOf(subject)] as const)
      const byKey = new Map(hashed.map(place => [keyOf(...place), place]))
      try {
        const found = await findRecent(byKey)
        const missing = [...byKey].flatMap(([key, place]) => (found.has(key) ? [] : [place]))
        const reads = new PQueue({ concurrency: maxReads })
        await reads.addAll(
          (missing.length > 0 ? await entries.findMany(missing) : []).map(entry => async () => {
            const answer = await readObject(entry)
            if (!answer) return
            const key = keyOf(entry.source, entry.hash)
            found.set(key, answer)
            await cache.set('metadata', key, answer, shortSeconds)
          })
        )
        return hashed.map(place => found.get(keyOf(...place)))
      } catch (err) {
        log.warn({ err }, 'metadata cache not readable')
        return places.map(() => undefined)
      }
    },

    /** Stores an answer for some time. */
    async put(source: MetadataSource, subject: string, answer: Answer, keepMs: number): Promise<void> {
      const hash = hashOf(subject)
      const objectKey = `${prefix}${source}/${hash}.json`
      await storage.put(objectKey, [Buffer.from(JSON.stringify(answer))])
      const { fetchedAt } = answer
      const entry = {
        _id: `${source}:${hash}`,
        source,
        hash,
        objectKey,
        fetchedAt,
        expires: new Date(fetchedAt + keepMs)
      }
      try {
        await entries.put(entry, { unlessGreater: 'fetchedAt' })
      } catch (error) {
        // Another node has stored a later answer.
        if (!(error instanceof RecordConflict)) throw error
      }
      await cache.set('metadata', keyOf(source, hash), answer, shortSeconds)
    },

    /** Removes objects whose entries are gone, or whose content may not be shown any more. */
    async removeOld(): Promise<void> {
      for (const source of metadataSources) {
        const maxAgeMs = showForMsOf[source] === null ? maxObjectAgeMs : maxLimitedAgeMs
        for await (const { key, modifiedAt } of storage.list(`${prefix}${source}/`)) {
          if (modifiedAt.getTime() < nowMs() - maxAgeMs) await storage.delete(key)
        }
      }
    }
  }
}

/** Returns the key of an answer in Redis or the memory. */
const keyOf = (source: MetadataSource, hash: string): string => `metadata~${source}~${hash}`

function hashOf(subject: string): string {
  return createHash('sha256').update(subject).digest('hex').slice(0, 40)
}
