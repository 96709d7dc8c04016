import type { User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { SwitchField } from '../ui/switch-field.tsx'
import { useInstantSave } from '../ui/use-instant-save.ts'

/** The choice whether other listeners see the user in the list of a show. It is saved at once. */
export function ListedInShows({ user }: { user: User }) {
  const { pending, error, save } = useInstantSave(
    async (change: { listedInShows: boolean }) => await ambient.me.patch(change)
  )
  return (
    <SwitchField
      label='Show me in the list of listeners'
      hint='Others in a show see that you’re there. Hosts always do, and everybody does while you’re on stage.'
      isOn={pending?.listedInShows ?? user.listedInShows ?? true}
      onChange={listedInShows => save({ listedInShows })}
      error={error}
    />
  )
}
