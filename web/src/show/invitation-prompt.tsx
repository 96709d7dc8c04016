import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Show } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Notice } from '../ui/notice.tsx'

/** Asks whether to accept an invitation to a private show, since accepting uses it up. */
export function InvitationPrompt({
  showId,
  token,
  onAccepted
}: {
  showId: string
  token: string
  onAccepted: (show: Show) => void
}) {
  const user = useUser()
  const [, navigate] = useLocation()
  const [hasFailed, setHasFailed] = useState(false)

  async function accept() {
    try {
      const show = await ambient.invitations.accept(showId, token)
      window.history.replaceState(null, '', `/shows/${showId}`)
      onAccepted(show)
    } catch (error) {
      setHasFailed(true)
      throw error
    }
  }

  const signIn = () => navigate(`/sign-in?to=${encodeURIComponent(`/shows/${showId}${window.location.hash}`)}`)
  return (
    <Notice title='You’re invited'>
      <title>You’re invited · Ambient</title>
      <p>You’ve been invited to a private show.</p>
      {user && !user.guest ? (
        <AsyncButton variant='primary' onPress={accept}>
          Accept invitation
        </AsyncButton>
      ) : (
        <>
          <p>Sign in to accept.</p>
          <AsyncButton variant='primary' onPress={signIn}>
            Sign in
          </AsyncButton>
        </>
      )}
      {hasFailed && <p>If the link has been used up or revoked, ask the host for a new one.</p>}
    </Notice>
  )
}
