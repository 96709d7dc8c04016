import { lazy } from 'react'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import type { AudienceProps } from './voting-props.ts'

// Loaded with the first pin, poll or song request.
const AudienceParts = lazy(async () => ({ default: (await import('./audience-parts.tsx')).AudienceParts }))

/** Renders the pin, the poll and the song requests of a live show; nothing while it has none of them. */
export function Audience(props: AudienceProps) {
  const { pin, poll, songRequests, settings } = props.view.room ?? {}
  return pin || poll || songRequests || settings?.songRequests === 'open' ? (
    <LazyBoundary>
      <AudienceParts {...props} />
    </LazyBoundary>
  ) : null
}
