import { lazy, useState } from 'react'
import { Headphones } from 'lucide-react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { formatCount } from '../format/count.ts'
import { Button } from '../ui/button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import styles from './show-header.module.css'

// Loaded when it is opened.
const PeopleDialog = lazy(async () => ({ default: (await import('./people-dialog.tsx')).PeopleDialog }))

/** The number of listeners, which opens the list of the people in the show. */
export function ListenerCount({ view, room }: { view: RoomView; room: ShowRoom }) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <Button className={styles.listeners} aria-haspopup='dialog' onPress={() => setIsOpen(true)}>
        <Headphones size={18} aria-hidden='true' />
        {formatCount(view.listenerCount)}
        <span className='visually-hidden'> listening, see who is here</span>
      </Button>
      {isOpen && (
        <LazyBoundary>
          <PeopleDialog view={view} room={room} onClose={() => setIsOpen(false)} />
        </LazyBoundary>
      )}
    </>
  )
}
