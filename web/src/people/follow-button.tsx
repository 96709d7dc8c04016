import { useLocation } from 'wouter'
import type { PublicUser } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { offerPush } from '../notifications/push-offer.tsx'
import { signInPath } from '../sign-in/return-path.ts'
import { AsyncButton } from '../ui/async-button.tsx'

interface FollowButtonProps {
  person: PublicUser
  /** The path to open after a sign-in; the profile of the person when absent. */
  returnPath?: string
  onChange: (person: PublicUser) => void
}

/** Follows or unfollows a person. The follower count is loaded from the server afterwards. */
export function FollowButton({ person, returnPath = `/users/${person.id}`, onChange }: FollowButtonProps) {
  const user = useUser()
  const [, navigate] = useLocation()
  const { id, displayName, followed } = person

  async function toggle() {
    if (!user || user.guest) return navigate(signInPath(returnPath))
    await (followed ? ambient.people.unfollow(id) : ambient.people.follow(id))
    onChange(await ambient.people.get(id))
    if (!followed) offerPush(`${displayName} goes live`)
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
