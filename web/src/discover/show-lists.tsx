import { lazy } from 'react'
import type { User } from '../../../client/index.ts'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { hasSettled } from '../ui/use-paged-list.ts'
import { LiveShows, useLiveShows } from './live-shows.tsx'
import { OnlinePeople, useOnlinePeople } from './online-people.tsx'
import { OwnUpcomingShows, useOwnUpcomingShows } from './own-upcoming-shows.tsx'
import { TagsInUse, useTagsInUse } from './tags-in-use.tsx'
import { UpcomingShows, useUpcomingShows } from './upcoming-shows.tsx'

// Loaded when everything above it is on the page.
const EndedShows = lazy(async () => ({ default: (await import('./ended-shows.tsx')).EndedShows }))

/**
 * The live shows, the user's own, and those of others. All are loaded at once. A list has its size before the ones
 * below appear, so that nothing moves under a finger.
 */
export function ShowLists({ user }: { user: User | null }) {
  const live = useLiveShows()
  const own = useOwnUpcomingShows(user)
  const upcoming = useUpcomingShows(user)
  const online = useOnlinePeople(user?.guest ? undefined : user?.id)
  const tags = useTagsInUse()
  return (
    <>
      <LiveShows pages={live} />
      {[live, own, upcoming.followed].every(hasSettled) && online && tags && (
        <>
          <OnlinePeople people={online} />
          <TagsInUse tags={tags} />
          <OwnUpcomingShows pages={own} />
          <UpcomingShows user={user} lists={upcoming} />
          {hasSettled(upcoming.all) && (
            <LazyBoundary>
              <EndedShows />
            </LazyBoundary>
          )}
        </>
      )}
    </>
  )
}
