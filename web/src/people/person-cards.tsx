import { createContext, lazy, useContext, useEffect, useRef, useState, type ReactNode } from 'react'
import type { Person, RoomView, ShowRoom } from '../../../client/index.ts'
import { focusMainAfterDialog } from '../layout/page-focus.tsx'
import { Button } from '../ui/button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'

// Loaded when somebody is opened.
const PersonCard = lazy(async () => ({ default: (await import('./person-card.tsx')).PersonCard }))

const OpenPersonCard = createContext<((person: Person) => void) | null>(null)

/** Shows the card of a person who was opened inside. It stays open when what opened it is gone. */
export function PersonCards({ view, room, children }: { view: RoomView; room: ShowRoom; children: ReactNode }) {
  const [opened, setOpened] = useState<Person | null>(null)
  const wasOpen = useRef(false)

  useEffect(() => {
    const isClosed = wasOpen.current && opened === null
    wasOpen.current = opened !== null
    // The control that opened the card may be gone.
    return isClosed ? focusMainAfterDialog() : undefined
  }, [opened])

  return (
    <OpenPersonCard value={setOpened}>
      {children}
      {opened && (
        <LazyBoundary>
          <PersonCard person={opened} view={view} room={room} onClose={() => setOpened(null)} />
        </LazyBoundary>
      )}
    </OpenPersonCard>
  )
}

interface PersonButtonProps {
  person: Person
  className?: string | undefined
  /** The accessible name, when the content is not enough. */
  label?: string
  isTabStop?: boolean
  children: ReactNode
}

/** A person in a live show who can be pressed to open their card; plain text outside of shows. */
export function PersonButton({ person, className, label, isTabStop = true, children }: PersonButtonProps) {
  const open = useContext(OpenPersonCard)
  if (!open) return <span className={className}>{children}</span>
  return (
    <Button
      className={className}
      aria-haspopup='dialog'
      aria-label={label}
      tabIndex={isTabStop ? 0 : -1}
      onPress={() => open(person)}
    >
      {children}
    </Button>
  )
}
