import { lazy } from 'react'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { useDockedRoom } from './current-show.ts'
// Before the router: see there.
import './history-guard.ts'

// Loaded when somebody in a show opens another page.
const MiniPlayer = lazy(async () => ({ default: (await import('./mini-player.tsx')).MiniPlayer }))

/** The show that the user is in, at the bottom of every other page. */
export function ShowDock() {
  const room = useDockedRoom()
  return (
    room && (
      <LazyBoundary>
        <MiniPlayer room={room} />
      </LazyBoundary>
    )
  )
}
