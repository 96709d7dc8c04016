import { lazy, useCallback, useEffect, useState } from 'react'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'

// Loaded with the first offer.
const PushOfferAlert = lazy(async () => ({ default: (await import('./push-offer-alert.tsx')).PushOfferAlert }))

/** The occasion of an offer that is not answered yet, also while its place is not loaded. */
let open: string | null = null
let show = (_occasion: string | null): void => {}

/**
 * Offers notifications in this browser, once ever, when the person has just shown that they would like them.
 * @param occasion what they would be told, such as `Mara goes live`
 */
export function offerPush(occasion: string): void {
  open = occasion
  show(occasion)
}

/** The place of the offer on every page. */
export function PushOffer() {
  const [occasion, setOccasion] = useState(() => open)
  const close = useCallback(() => {
    open = null
    setOccasion(null)
  }, [])
  useEffect(() => {
    show = setOccasion
    return () => {
      show = () => {}
    }
  }, [])
  return (
    occasion !== null && (
      <LazyBoundary>
        <PushOfferAlert occasion={occasion} onClose={close} />
      </LazyBoundary>
    )
  )
}
