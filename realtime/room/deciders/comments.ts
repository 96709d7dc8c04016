import { mayBePublished } from '../server-room-state.ts'
import { byMember, changesNothing, onAir, type Deciders } from './decider.ts'

type CommentCommand =
  | 'comment:send'
  | 'comment:delete'
  | 'comments:held'
  | 'comment:answer'
  | 'reaction:send'
  | 'server:commentLost'
  | 'server:commentApproved'

/** Comments and reactions. Their texts are stored apart; the room only counts them. */
export const commentDeciders: Deciders<CommentCommand> = {
  'comment:send': byMember((_state, _command, { userId }) => [{ type: 'member:commented', userId }]),
  'comment:delete': changesNothing,
  'comments:held': changesNothing,
  'comment:answer': changesNothing,
  'reaction:send': changesNothing,
  'server:commentLost': onAir(({ lastComments }, { userId, atMs }) =>
    lastComments.get(userId)?.atMs === atMs ? [{ type: 'member:commentLost', userId }] : []
  ),
  'server:commentApproved': (state, { userId }) =>
    mayBePublished(state, userId) ? [{ type: 'member:commented', userId }] : []
}
