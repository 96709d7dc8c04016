import type { Collection, Filter } from 'mongodb'
import { maxTagsInUse, type TagUse } from '../../../contract/tags.ts'
import type { ShowDocument } from './document.ts'
import { sections } from './sections.ts'

/** Maximum number of shows of each section whose tags count. */
const maxShows = 500
/** The list is read again after this time. A show that became private is out of it by then. */
const keptMs = 5000

/**
 * Creates the list of the tags of public live and planned shows, those of the largest number of shows first. Requests
 * at the same time share one read.
 */
export function createTagsInUse(shows: Pick<Collection<ShowDocument>, 'find'>, nowMs: () => number) {
  let latest: { readMs: number; tags: Promise<TagUse[]> } | undefined

  async function tagsOf(filter: Filter<ShowDocument>, order: [string, 1 | -1][]): Promise<string[]> {
    const found = shows.find({ ...filter, visibility: 'public' }, { projection: { tags: 1 } })
    return (await found.sort(order).limit(maxShows).toArray()).flatMap(({ tags = [] }) => tags)
  }

  async function read(): Promise<TagUse[]> {
    const counts = new Map<string, number>()
    for (const { status, isOwnOnly, filter, order } of sections) {
      if (isOwnOnly || status === 'ended') continue
      const keys = [...order.map(({ field, direction }): [string, 1 | -1] => [field, direction]), ['_id', -1] as const]
      for (const tag of await tagsOf(
        filter(nowMs()),
        keys.map(([field, direction]) => [field, direction])
      )) {
        counts.set(tag, (counts.get(tag) ?? 0) + 1)
      }
    }
    return [...counts]
      .map(([tag, shows]) => ({ tag, shows }))
      .sort((a, b) => b.shows - a.shows || (a.tag < b.tag ? -1 : 1))
      .slice(0, maxTagsInUse)
  }

  return async (): Promise<TagUse[]> => {
    if (!latest || nowMs() - latest.readMs >= keptMs) {
      const started = { readMs: nowMs(), tags: read() }
      latest = started
      started.tags.catch(() => {
        if (latest === started) latest = undefined
      })
    }
    return await latest.tags
  }
}
