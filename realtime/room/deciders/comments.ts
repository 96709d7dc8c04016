import { byMember, changesNothing, onAir, type Deciders } from './decider.ts'

/** Comments and reactions. Their texts are stored apart; the room only counts them. */
export const commentDeciders: Deciders<'comment:send' | 'comment:delete' | 'reaction:send' | 'server:commentLost'> = {
  'comment:send': byMember((_state, _command, { userId }) => [{ type: 'member:commented', userId }]),
  'comment:delete': changesNothing,
  'reaction:send': changesNothing,
  'server:commentLost': onAir(({ lastComments }, { userId, atMs }) =>
    lastComments.get(userId)?.atMs === atMs ? [{ type: 'member:commentLost', userId }] : []
  )
}
