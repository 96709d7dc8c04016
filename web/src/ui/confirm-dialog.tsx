import type { ReactNode } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { AsyncButton } from './async-button.tsx'
import styles from './dialog.module.css'

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
    <ModalOverlay
      className={styles.overlay ?? ''}
      isOpen={isOpen}
      onOpenChange={open => {
        if (!open) onClose()
      }}
      isDismissable
    >
      <Modal className={styles.modal ?? ''}>
        <Dialog role='alertdialog' className={styles.dialog ?? ''}>
          <Heading slot='title'>{title}</Heading>
          <p>{children}</p>
          <div className={styles.buttons}>
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
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
