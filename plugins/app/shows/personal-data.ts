import type { Collection } from 'mongodb'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'
import type { ShowDocument } from './document.ts'
import type { Visitors } from './visitors.ts'

/** A person's own shows. Erasing deletes the shows with everything that belongs to them. */
export function createShowsKeeper(
  shows: Collection<ShowDocument>,
  removeAllOf: (creatorId: string) => Promise<void>
): PersonalDataKeeper {
  return {
    export: userId =>
      exportedRecords(
        shows,
        { creatorId: userId },
        ({ _id, words, liveCreatorId, creatorId, homeToken, onAirSongIds, backstage, ...show }) => ({
          id: _id,
          ...show
        }),
        { sort: { createdAt: 1 } }
      ),
    erase: removeAllOf
  }
}

/** The shows that a person listened to. Erasing does not change the counts of the shows. */
export function createVisitorsKeeper(visitors: Visitors): PersonalDataKeeper {
  return { export: visitors.export, erase: visitors.removeOfPerson }
}
