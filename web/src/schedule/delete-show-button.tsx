import type { Show } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { ConfirmButton } from '../ui/confirm-button.tsx'

interface DeleteShowButtonProps {
  show: Show
  label?: string
  onDeleted: () => void
}

/** Deletes a scheduled show after confirmation. */
export function DeleteShowButton({ show: { id, title, series }, label = 'Delete', onDeleted }: DeleteShowButtonProps) {
  async function remove() {
    await ambient.shows.delete(id)
    onDeleted()
  }

  return (
    <ConfirmButton variant='danger' text={label} title={`${series ? 'Cancel' : 'Delete'} ${title}?`} onConfirm={remove}>
      Its link will stop working, and it will disappear from everyone’s lists.
      {series && ' The next show of the series is planned instead.'}
    </ConfirmButton>
  )
}
