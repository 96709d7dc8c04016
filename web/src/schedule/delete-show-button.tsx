import { useState } from 'react'
import type { Show } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'

/** Deletes a scheduled show after confirmation. */
export function DeleteShowButton({ show: { id, title }, onDeleted }: { show: Show; onDeleted: () => void }) {
  const [isConfirming, setIsConfirming] = useState(false)

  async function remove() {
    await ambient.shows.delete(id)
    onDeleted()
  }

  return (
    <>
      <AsyncButton variant='danger' onPress={() => setIsConfirming(true)}>
        Delete
      </AsyncButton>
      <ConfirmDialog
        title={`Delete ${title}?`}
        confirmLabel='Delete'
        isOpen={isConfirming}
        onClose={() => setIsConfirming(false)}
        onConfirm={remove}
      >
        Its link will stop working, and it will disappear from everyone’s lists.
      </ConfirmDialog>
    </>
  )
}
