import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Show } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Notice } from '../parts/notice.tsx'

/** The token of an invitation, which travels in the address's fragment so that no server's log keeps it. */
export function invitationToken(): string | null {
  return new URLSearchParams(window.location.hash.slice(1)).get('invitation')
}

/** Somebody came by an invitation to a private show. They decide whether to use it up. */
export function Invited({
  showId,
  token,
  onAccepted
}: {
  showId: string
  token: string
  onAccepted: (show: Show) => void
}) {
  const user = useUser()
  const [, go] = useLocation()
  const [late, setLate] = useState(false)

  async function accept() {
    try {
      const show = await ambient.invitations.accept(showId, token)
      window.history.replaceState(null, '', `/shows/${showId}`)
      onAccepted(show)
    } catch (error) {
      setLate(true)
      throw error
    }
  }

  const signIn = () => go(`/sign-in?to=${encodeURIComponent(`/shows/${showId}${window.location.hash}`)}`)
  return (
    <Notice title='You are invited'>
      <title>You are invited · Ambient</title>
      <p>Somebody sent you a way into a private show.</p>
      {user && !user.guest ? (
        <Action kind='main' onPress={accept}>
          Accept the invitation
        </Action>
      ) : (
        <>
          <p>Sign in to accept it.</p>
          <Action kind='main' onPress={signIn}>
            Sign in
          </Action>
        </>
      )}
      {late && <p>If the link has been used up or taken back, ask for another one.</p>}
    </Notice>
  )
}
