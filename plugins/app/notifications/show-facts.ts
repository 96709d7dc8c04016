import { createCache } from 'async-cache-dedupe'
import type { Person } from '../../../contract/users.ts'
import type { Users } from '../people/users.ts'
import type { ChangedShow } from '../shows/changed-shows.ts'
import type { Shows } from '../shows/shows.ts'

/** Facts of a show that messages to many people say, or that decide about all of them. */
export interface ShowFacts {
  show: ChangedShow
  creator: Person
}

export interface ShowFactsParts {
  shows: Pick<Shows, 'findFacts'>
  users: Pick<Users, 'findPerson'>
}

/** A message may say what was true this many seconds ago. */
const ttlSeconds = 2
const maxShows = 1000

export type ShowFactsReader = ReturnType<typeof createShowFacts>

/** Reads shows and their creators once for the messages to thousands of people. */
export function createShowFacts({ shows, users }: ShowFactsParts) {
  const cache = createCache({ storage: { type: 'memory', options: { size: maxShows } } }).define(
    'show',
    { ttl: (facts: ShowFacts | undefined) => (facts ? ttlSeconds : 0) },
    read
  )

  async function read(showId: string): Promise<ShowFacts | undefined> {
    const show = await shows.findFacts(showId)
    const creator = show && (await users.findPerson(show.creatorId))
    return creator ? { show, creator } : undefined
  }

  return {
    find: async (showId: string): Promise<ShowFacts | undefined> => await cache.show(showId),

    /** Reads a show again, before somebody is not told because of what was read earlier. */
    async findAgain(showId: string): Promise<ShowFacts | undefined> {
      await cache.clear('show', showId)
      return await cache.show(showId)
    }
  }
}
