import { useState, type ReactNode } from 'react'
import { AsyncButton } from './async-button.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'

interface ConfirmButtonProps {
  /** The text of the button. */
  text: string
  /** The accessible name of the button, when its text is not enough. */
  label?: string
  variant?: 'secondary' | 'quiet' | 'danger'
  /** The question, and what happens. */
  title: string
  children: ReactNode
  /** The text of the button that confirms; that of this button when absent. */
  confirmLabel?: string
  onConfirm: () => Promise<unknown> | void
}

/** A button for an action that cannot be undone. The action runs after confirmation. */
export function ConfirmButton({
  text,
  label,
  variant = 'secondary',
  title,
  children,
  confirmLabel = text,
  onConfirm
}: ConfirmButtonProps) {
  const [isConfirming, setIsConfirming] = useState(false)
  return (
    <>
      <AsyncButton variant={variant} {...(label && { label })} onPress={() => setIsConfirming(true)}>
        {text}
      </AsyncButton>
      <ConfirmDialog
        title={title}
        confirmLabel={confirmLabel}
        isOpen={isConfirming}
        onClose={() => setIsConfirming(false)}
        onConfirm={onConfirm}
      >
        {children}
      </ConfirmDialog>
    </>
  )
}
