import type { User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { SwitchField } from '../ui/switch-field.tsx'
import { useInstantSave } from '../ui/use-instant-save.ts'

/** The choice whether followers see that the user is online. It is saved at once. */
export function OnlineStatus({ user }: { user: User }) {
  const { pending, error, save } = useInstantSave(
    async (change: { showsOnline: boolean }) => await ambient.me.patch(change)
  )
  return (
    <SwitchField
      label='Followers can see when I’m online'
      hint='They also see which public show you’re in. People who don’t follow you never do.'
      isOn={pending?.showsOnline ?? user.showsOnline ?? false}
      onChange={showsOnline => save({ showsOnline })}
      error={error}
    />
  )
}
