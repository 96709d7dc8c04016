import { useLocation } from 'wouter'
import type { PublicUser } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'

/** Follows or unfollows a person. The follower count is loaded from the server afterwards. */
export function FollowButton({ person, onChange }: { person: PublicUser; onChange: (person: PublicUser) => void }) {
  const user = useUser()
  const [, navigate] = useLocation()
  const { id, displayName, followed } = person

  async function toggle() {
    if (!user || user.guest) return navigate(`/sign-in?to=/users/${id}`)
    await (followed ? ambient.people.unfollow(id) : ambient.people.follow(id))
    onChange(await ambient.people.get(id))
  }

  return (
    <AsyncButton
      variant={followed ? 'secondary' : 'primary'}
      label={followed ? `Following ${displayName}, unfollow` : `Follow ${displayName}`}
      onPress={toggle}
    >
      {followed ? 'Following' : 'Follow'}
    </AsyncButton>
  )
}
