import { lazy, useSyncExternalStore } from 'react'
import { ambient } from '../ambient.ts'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'

// Loaded with the first announcement: most of the time there is none.
const AnnouncementBanners = lazy(async () => ({
  default: (await import('./announcement-banners.tsx')).AnnouncementBanners
}))

const { announcements } = ambient

/** The active announcements of the operators, on every page, until they are closed on this device. */
export function Announcements() {
  const active = useSyncExternalStore(announcements.subscribe, () => announcements.active)
  return (
    // The region is there from the start: a screen reader announces what is added to it.
    <div role='status' aria-label='Announcements'>
      {active.length > 0 && (
        <LazyBoundary>
          <AnnouncementBanners active={active} />
        </LazyBoundary>
      )}
    </div>
  )
}
