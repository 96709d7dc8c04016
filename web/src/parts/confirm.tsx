import type { ReactNode } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { Action } from './action.tsx'
import styles from './confirm.module.css'

interface ConfirmProps {
  title: string
  children: ReactNode
  confirm: string
  isOpen: boolean
  onClose: () => void
  onConfirm: () => Promise<unknown> | void
}

/** Asks once before something that can't be taken back. */
export function Confirm({ title, children, confirm, isOpen, onClose, onConfirm }: ConfirmProps) {
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
            <Action onPress={onClose}>Cancel</Action>
            <Action
              kind='danger'
              onPress={async () => {
                await onConfirm()
                onClose()
              }}
            >
              {confirm}
            </Action>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
