import { useRef, type ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useFocusRecovery } from './use-focus-recovery.ts'
import styles from './dialog.module.css'

interface DialogProps {
  title: string
  children: ReactNode
  isOpen: boolean
  /** More room for values side by side. */
  isWide?: boolean
  /** An alert dialog asks before an action that cannot be undone. */
  role?: 'dialog' | 'alertdialog'
  onClose: () => void
}

/** A modal dialog: a form or a text in front of the page. */
export function Dialog({ title, children, isOpen, isWide = false, role = 'dialog', onClose }: DialogProps) {
  return (
    <ModalOverlay
      className={styles.overlay ?? ''}
      isOpen={isOpen}
      onOpenChange={open => {
        if (!open) onClose()
      }}
      isDismissable
    >
      <Modal className={`${styles.modal} ${isWide ? styles.wide : ''}`}>
        <DialogContent title={title} role={role}>
          {children}
        </DialogContent>
      </Modal>
    </ModalOverlay>
  )
}

/** The content of a dialog. When the control that has the focus is removed, another one of the dialog gets it. */
function DialogContent({ title, role, children }: Required<Pick<DialogProps, 'title' | 'role' | 'children'>>) {
  const content = useRef<HTMLElement>(null)
  useFocusRecovery(content)
  return (
    <AriaDialog ref={content} role={role} className={styles.dialog ?? ''}>
      <Heading slot='title'>{title}</Heading>
      {children}
    </AriaDialog>
  )
}

/** The row of buttons at the end of a dialog. */
export function DialogButtons({ children }: { children: ReactNode }) {
  return <div className={styles.buttons}>{children}</div>
}
