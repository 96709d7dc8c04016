import { useState } from 'react'
import type { Show } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'

interface DeleteShowButtonProps {
  show: Show
  label?: string
  onDeleted: () => void
}

/** Deletes a scheduled show after confirmation. */
export function DeleteShowButton({ show: { id, title, series }, label = 'Delete', onDeleted }: DeleteShowButtonProps) {
  const [isConfirming, setIsConfirming] = useState(false)

  async function remove() {
    await ambient.shows.delete(id)
    onDeleted()
  }

  return (
    <>
      <AsyncButton variant='danger' onPress={() => setIsConfirming(true)}>
        {label}
      </AsyncButton>
      <ConfirmDialog
        title={`${series ? 'Cancel' : 'Delete'} ${title}?`}
        confirmLabel={label}
        isOpen={isConfirming}
        onClose={() => setIsConfirming(false)}
        onConfirm={remove}
      >
        Its link will stop working, and it will disappear from everyone’s lists.
        {series && ' The next show of the series is planned instead.'}
      </ConfirmDialog>
    </>
  )
}
