import { createCache } from 'async-cache-dedupe'
import type { Person } from '../../../contract/users.ts'
import type { Users } from '../people/users.ts'
import type { ChangedShow } from '../shows/changed-shows.ts'
import type { Shows } from '../shows/shows.ts'

/** What messages to many people say, and what decides about all of them. */
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

export type FindShowFacts = (showId: string) => Promise<ShowFacts | undefined>

/** Returns a function that reads shows and their creators once for the messages to thousands of people. */
export function createShowFacts({ shows, users }: ShowFactsParts): FindShowFacts {
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

  return async showId => await cache.show(showId)
}
