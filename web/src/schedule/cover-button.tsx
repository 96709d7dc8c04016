import { useState } from 'react'
import { Image } from 'lucide-react'
import type { Show } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { CoverEditor } from './cover-editor.tsx'

interface CoverButtonProps {
  show: Show
  onChange: (show: Show) => void
}

/** The button with which the creator changes the cover of a show that has ended. */
export function CoverButton({ show, onChange }: CoverButtonProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <AsyncButton variant='quiet' onPress={() => setOpen(true)}>
        <Image size={18} aria-hidden='true' />
        {show.coverUrl ? 'Change the cover' : 'Add a cover'}
      </AsyncButton>
      <Dialog title='Cover' isOpen={isOpen} onClose={() => setOpen(false)}>
        <CoverEditor show={{ id: show.id, coverUrl: show.coverUrl }} onChange={onChange} />
        <DialogButtons>
          <AsyncButton variant='primary' onPress={() => setOpen(false)}>
            Done
          </AsyncButton>
        </DialogButtons>
      </Dialog>
    </>
  )
}
