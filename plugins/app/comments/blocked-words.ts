import type { Collection } from 'mongodb'
import { invalidRequest } from '../../../contract/errors.ts'
import { Exactly, Id } from '../../../contract/primitives.ts'
import type { ClusterFeed } from '../operations/cluster-feed.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'
import { comparedLetters, createWordFilter, type WordFilter } from '../http/word-filter.ts'

/** The words that a creator blocks, by the creator's id. */
export interface BlockedWordsDocument {
  _id: string
  words: string[]
}

/** A filter that was read within this time is not read again, unless another node tells that the words changed. */
export const filterMaxAgeMs = 30_000
/** Maximum number of creators whose filter is kept. The one that was read first is forgotten. */
const maxFilters = 1000

/** News for other nodes: the words of a creator have changed. */
const ChangedWords = Exactly({ creatorId: Id })
const changedWords = 'blockedWords:changed'

interface ReadFilter {
  readonly filter: Promise<WordFilter | undefined>
  readonly readAtMs: number
}

export interface BlockedWordListsParts {
  lists: Collection<BlockedWordsDocument>
  feed: ClusterFeed
  monotonicMs: () => number
}

export type BlockedWordLists = ReturnType<typeof createBlockedWordLists>

/** The words that creators block in the comments of their shows. */
export function createBlockedWordLists({ lists, feed, monotonicMs }: BlockedWordListsParts) {
  /** By creator, in the order of reading. */
  const filters = new Map<string, ReadFilter>()

  feed.on(changedWords, ChangedWords, ({ creatorId }) => forget(creatorId))

  async function read(creatorId: string): Promise<string[]> {
    return (await lists.findOne({ _id: creatorId }))?.words ?? []
  }

  async function readFilter(creatorId: string): Promise<WordFilter | undefined> {
    const words = await read(creatorId)
    return words.length > 0 ? createWordFilter(words) : undefined
  }

  /** A read that began before the change is forgotten too: it may have found the words of before. */
  function forget(creatorId: string): void {
    filters.delete(creatorId)
  }

  function tellChanged(creatorId: string): void {
    forget(creatorId)
    feed.publish(changedWords, { creatorId })
  }

  return {
    /** Returns the words of a creator, in their order. */
    get: read,

    /**
     * Replaces the words of a creator. Words that only repeat another one are dropped. Returns the stored ones. Throws
     * VALIDATION for a word without letters and digits.
     */
    async set(creatorId: string, words: readonly string[]): Promise<string[]> {
      const issues = words.flatMap((word, n) =>
        comparedLetters(word) === '' ? [{ path: `/words/${n}`, message: 'must contain a letter or a digit' }] : []
      )
      if (issues.length > 0) throw invalidRequest(issues)
      const stored = [...Map.groupBy(words, keyOf).values()].flatMap(([first]) => first ?? [])
      await (stored.length === 0
        ? lists.deleteOne({ _id: creatorId })
        : lists.updateOne({ _id: creatorId }, { $set: { words: stored } }, { upsert: true }))
      tellChanged(creatorId)
      return stored
    },

    /** Returns the filter of a creator's words, which is kept; undefined without words. */
    async findFilter(creatorId: string): Promise<WordFilter | undefined> {
      const known = filters.get(creatorId)
      if (known && monotonicMs() - known.readAtMs < filterMaxAgeMs) return await known.filter
      const filter = readFilter(creatorId)
      filters.delete(creatorId)
      const [first] = filters.keys()
      if (filters.size >= maxFilters && first !== undefined) filters.delete(first)
      filters.set(creatorId, { filter, readAtMs: monotonicMs() })
      filter.catch(() => {
        if (filters.get(creatorId)?.filter === filter) filters.delete(creatorId)
      })
      return await filter
    },

    personalData: {
      export: (userId: string): AsyncIterable<object> =>
        exportedRecords(lists, { _id: userId }, ({ words }) => ({ words: words.map(word => word.normalize()) })),
      async erase(userId: string): Promise<void> {
        await lists.deleteOne({ _id: userId })
        tellChanged(userId)
      }
    } satisfies PersonalDataKeeper
  }
}

/** Entries with the same key find the same. */
function keyOf(word: string): string {
  return `${comparedLetters(word)}${word.endsWith('*') ? '*' : ''}`
}
