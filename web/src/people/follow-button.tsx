import { useLocation } from 'wouter'
import type { PublicUser } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { Action } from '../parts/action.tsx'

/** Follows somebody, or no longer. The count is the server's. */
export function FollowButton({ person, onChange }: { person: PublicUser; onChange: (person: PublicUser) => void }) {
  const user = useUser()
  const [, go] = useLocation()
  const { id, displayName, followed } = person

  async function toggle() {
    if (!user || user.guest) return go(`/sign-in?to=/users/${id}`)
    await (followed ? ambient.people.unfollow(id) : ambient.people.follow(id))
    onChange(await ambient.people.get(id))
  }

  return (
    <Action
      kind={followed ? 'plain' : 'main'}
      label={followed ? `Following ${displayName}, unfollow` : `Follow ${displayName}`}
      onPress={toggle}
    >
      {followed ? 'Following' : 'Follow'}
    </Action>
  )
}
