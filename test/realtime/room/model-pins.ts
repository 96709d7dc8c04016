import type { Pin } from '../../../contract/pins.ts'
import type { Command } from '../../../realtime/room/commands.ts'
import { creator } from './people.ts'

/** The pin of the model: a comment with its author, or a link. */
export interface PinModel {
  subject: string
  /** The author of a comment, with name and picture. */
  author: { userId: string; shownAs: string } | null
  by: string
  pinnedAt: number
}

/** Applies an accepted command to what is pinned: one thing at a time, until it or its people are gone. */
export function applyToPin(model: { pin: PinModel | null }, by: string, command: Command, now: number): void {
  const { pin } = model
  switch (command.type) {
    case 'comment:pin': {
      if (!command.comment || pin?.subject === command.comment.commentId) return
      const { commentId, userId, displayName, avatarUrl } = command.comment
      model.pin = {
        subject: commentId,
        author: { userId, shownAs: `${displayName} (${avatarUrl})` },
        by,
        pinnedAt: now
      }
      return
    }
    case 'link:pin': {
      const subject = `${command.url} ${command.text}`
      if (pin?.subject !== subject) model.pin = { subject, author: null, by, pinnedAt: now }
      return
    }
    case 'pin:remove': {
      model.pin = null
      return
    }
    case 'server:commentsDeleted': {
      if (pin && command.commentIds.includes(pin.subject)) model.pin = null
      return
    }
    case 'server:erased': {
      const isTheirs = pin?.by === command.userId || pin?.author?.userId === command.userId
      if (isTheirs && command.userId !== creator) model.pin = null
      return
    }
    case 'server:renamed': {
      if (pin?.author?.userId === command.userId) {
        pin.author.shownAs = `${command.displayName} (${command.avatarUrl})`
      }
    }
  }
}

/** Returns the pin of a room in a form that can be compared with the model. */
export function viewOfPin(pin: Pin | undefined): PinModel | null {
  if (!pin) return null
  const { by, pinnedAt } = pin
  if (pin.kind === 'link') return { subject: `${pin.url} ${pin.text}`, author: null, by, pinnedAt }
  const { commentId, userId, displayName, avatarUrl } = pin
  return { subject: commentId, author: { userId, shownAs: `${displayName} (${avatarUrl})` }, by, pinnedAt }
}
