import type { ReactNode } from 'react'
import { AsyncButton } from './async-button.tsx'
import { Dialog, DialogButtons } from './dialog.tsx'

interface ConfirmDialogProps {
  title: string
  children: ReactNode
  confirmLabel: string
  isOpen: boolean
  onClose: () => void
  onConfirm: () => Promise<unknown> | void
}

/** Asks for confirmation before an action that cannot be undone. */
export function ConfirmDialog({ title, children, confirmLabel, isOpen, onClose, onConfirm }: ConfirmDialogProps) {
  return (
    <Dialog role='alertdialog' title={title} isOpen={isOpen} onClose={onClose}>
      <p>{children}</p>
      <DialogButtons>
        <AsyncButton onPress={onClose}>Cancel</AsyncButton>
        <AsyncButton
          variant='danger'
          onPress={async () => {
            await onConfirm()
            onClose()
          }}
        >
          {confirmLabel}
        </AsyncButton>
      </DialogButtons>
    </Dialog>
  )
}
