import { lazy, useState } from 'react'
import { AsyncButton } from '../ui/async-button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'

const BackstageGuests = lazy(async () => ({ default: (await import('./backstage-guests.tsx')).BackstageGuests }))

/** Opens the list of people whom the creator invites backstage. */
export function BackstageGuestsButton({ showId }: { showId: string }) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <AsyncButton onPress={() => setIsOpen(true)}>Backstage guests</AsyncButton>
      {isOpen && (
        <LazyBoundary>
          <BackstageGuests showId={showId} onClose={() => setIsOpen(false)} />
        </LazyBoundary>
      )}
    </>
  )
}
