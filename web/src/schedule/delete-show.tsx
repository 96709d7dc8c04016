import { useState } from 'react'
import type { Show } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Confirm } from '../parts/confirm.tsx'

/** Calls a planned show off, after asking. */
export function DeleteShow({ show: { id, title }, onDeleted }: { show: Show; onDeleted: () => void }) {
  const [asking, setAsking] = useState(false)

  async function remove() {
    await ambient.shows.delete(id)
    onDeleted()
  }

  return (
    <>
      <Action kind='danger' onPress={() => setAsking(true)}>
        Delete
      </Action>
      <Confirm
        title={`Delete ${title}?`}
        confirm='Delete'
        isOpen={asking}
        onClose={() => setAsking(false)}
        onConfirm={remove}
      >
        Its link stops working, and it is gone from everybody’s lists.
      </Confirm>
    </>
  )
}
