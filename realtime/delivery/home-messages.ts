import { CodedError } from '../../contract/errors.ts'
import type { SentComment } from '../../contract/comments.ts'
import type { Forwarding } from '../cluster/forwarding.ts'
import { announce } from '../cluster/home-answers.ts'
import type { Membership } from '../sockets/socket-data.ts'
import type { CommentDraft, CommentIntake } from './comment-intake.ts'
import type { Delivery } from './delivery.ts'
import type { HeldIntake } from './held-intake.ts'

/** Messages of members that the home of their show takes, wherever it is. */
export interface HomeMessages {
  /** Comments are accepted and stored at the home only, in one order. Throws like `CommentIntake.send`. */
  sendComment(membership: Membership, draft: CommentDraft): Promise<SentComment>
  /**
   * Sends an announcement to everybody in the show. It leaves no record, so it is not repeated when its answer is lost.
   * Throws the refusal, UNAVAILABLE.
   */
  announce(membership: Membership, text: string): Promise<void>
  /** Publishes or declines a comment that waits. Throws like `HeldIntake.answer`. */
  answerHeld(membership: Membership, answer: { heldId: string; accept: boolean }): Promise<void>
}

export interface HomeMessagesParts {
  /** Whether the home of the show is another node. */
  isElsewhere(showId: string): boolean
  forwarding: Pick<Forwarding, 'ask'>
  intake: Pick<CommentIntake, 'send'>
  held?: Pick<HeldIntake, 'answer'> | undefined
  delivery: Pick<Delivery, 'toShow'>
  nowMs: () => number
}

export function createHomeMessages(parts: HomeMessagesParts): HomeMessages {
  const { isElsewhere, forwarding, intake, held, delivery, nowMs } = parts
  return {
    async sendComment(membership, draft) {
      const { room, actor } = membership
      if (!isElsewhere(room.showId)) return await intake.send(membership, draft)
      const home = await forwarding.ask(room.showId, 'room:comment', { actor, ...draft }, true)
      return 'room' in home ? await intake.send({ room: home.room, actor }, draft) : home.answer
    },
    async announce({ room, actor }, text) {
      if (!isElsewhere(room.showId)) return await announce(room, actor, text, delivery, nowMs)
      const home = await forwarding.ask(room.showId, 'room:announce', { actor, text }, false)
      if ('room' in home) await announce(home.room, actor, text, delivery, nowMs)
    },
    async answerHeld({ room, actor }, answer) {
      if (!held) throw new CodedError('NOT_FOUND', 'No comments wait on this server.')
      if (!isElsewhere(room.showId)) return await held.answer(room, actor, answer)
      const home = await forwarding.ask(room.showId, 'room:heldAnswer', { actor, ...answer }, false)
      if ('room' in home) await held.answer(home.room, actor, answer)
    }
  }
}
