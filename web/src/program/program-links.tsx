import { lazy, useState } from 'react'
import { Radio } from 'lucide-react'
import { AsyncButton } from '../ui/async-button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'

// Few creators open it, and listeners load nothing of it.
const ProgramDialog = lazy(async () => ({ default: (await import('./program-dialog.tsx')).ProgramDialog }))

interface ProgramLinksProps {
  showId: string
  title: string
}

/** The button that opens the addresses of a show's stream. */
export function ProgramLinks({ showId, title }: ProgramLinksProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <span>
        <AsyncButton onPress={() => setOpen(true)}>
          <Radio size={18} aria-hidden='true' />
          Links for radio apps and websites
        </AsyncButton>
      </span>
      <LazyBoundary>
        {isOpen && <ProgramDialog showId={showId} title={title} onClose={() => setOpen(false)} />}
      </LazyBoundary>
    </>
  )
}
