import type { CloseReason } from '../../../client/index.ts'

/** Returns a title and a text that say why the user is no longer in the show. */
export function closedTexts(closed: CloseReason): readonly [title: string, text: string] {
  switch (closed.reason) {
    case 'left':
      return ['You left the show', 'Come back anytime.']
    case 'replaced':
      return ['You’re listening somewhere else', 'The show moved to another of your tabs or devices.']
    case 'signedOut':
      return ['You’re signed out', 'Sign in again to come back.']
    case 'removed':
      return [
        'You were removed from the show',
        closed.ban ? 'A host banned you from this show.' : 'You can come back as a listener.'
      ]
    case 'ended':
      return ['The show has ended', '']
    case 'refused':
      return ['You can’t join this show', closed.message]
  }
}
