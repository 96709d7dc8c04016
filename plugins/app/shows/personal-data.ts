import type { Collection } from 'mongodb'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'
import type { ShowDocument } from './document.ts'
import type { Visitors } from './visitors.ts'

/** What is kept of somebody's own shows. Erasing takes the shows, with everything in them. */
export function keepShows(
  shows: Collection<ShowDocument>,
  removeAllOf: (creatorId: string) => Promise<void>
): PersonalDataKeeper {
  return {
    async *export(userId) {
      for await (const { _id, words, liveCreatorId, creatorId, ...show } of shows
        .find({ creatorId: userId })
        .sort({ createdAt: 1 })) {
        yield { id: _id, ...show }
      }
    },
    erase: removeAllOf
  }
}

/** Which shows somebody listened to. Erasing leaves the shows' counts as they are. */
export function keepVisitors(visitors: Visitors): PersonalDataKeeper {
  return { export: visitors.ofPerson, erase: visitors.removeOfPerson }
}
