import { useCallback, useEffect, useState } from 'react'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'

/** The interval in which the page of a planned show asks whether the user is invited, ms. */
const askEveryMs = 10_000

interface BackstageInvitationProps {
  showId: string
  onJoin: () => void
}

/** Tells an invited person that they can meet the others backstage. Shows nothing to everybody else. */
export function BackstageInvitation({ showId, onJoin }: BackstageInvitationProps) {
  const [isInvited, setIsInvited] = useState(false)
  const ask = useCallback(async () => {
    try {
      const { items } = await ambient.shows.backstage(showId)
      setIsInvited(items.some(({ user }) => user.id === ambient.account.user?.id))
    } catch {
      // The next time may answer.
    }
  }, [showId])
  useEffect(() => {
    ask()
    const timer = setInterval(ask, askEveryMs)
    return () => clearInterval(timer)
  }, [ask])
  if (!isInvited) return null
  return (
    <>
      <p role='status'>You’re invited backstage: meet the others on stage before the show starts.</p>
      <AsyncButton variant='primary' onPress={onJoin}>
        Join backstage
      </AsyncButton>
    </>
  )
}
