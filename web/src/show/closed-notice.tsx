import { Link } from 'wouter'
import type { CloseReason } from '../../../client/index.ts'
import { Notice } from '../ui/notice.tsx'

/** Explains why the user is no longer in the show. */
export function ClosedNotice({ closed }: { closed: CloseReason }) {
  const texts = {
    left: ['You left the show', 'Come back anytime.'],
    replaced: ['You’re listening somewhere else', 'The show moved to another of your tabs or devices.'],
    signedOut: ['You’re signed out', 'Sign in again to come back.'],
    removed: [
      'You were removed from the show',
      closed.reason === 'removed' && closed.ban
        ? 'A host banned you from this show.'
        : 'You can come back as a listener.'
    ],
    ended: ['The show has ended', ''],
    refused: ['You can’t join this show', closed.reason === 'refused' ? closed.message : '']
  } as const
  const [title, text] = texts[closed.reason]
  return (
    <Notice title={title}>
      <p>{text}</p>
      <Link href='/'>See what’s live</Link>
    </Notice>
  )
}
