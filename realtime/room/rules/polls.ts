import { isGuest } from './conditions.ts'
import { rule, type Rule } from './rule.ts'

/** Permissions in polls. Guests have no votes: anybody can be as many guests as they like. */
export const pollPermissions: readonly Rule[] = [
  rule('guests do not vote', ['poll:vote'], 'FORBIDDEN', 'Guests can listen and react; sign in to vote.', (_, actor) =>
    isGuest(actor)
  )
]

/** The poll and the option that a command names must exist. */
export const pollExistence: readonly Rule[] = [
  rule(
    'a named poll is the one of the show',
    ['poll:vote', 'poll:close', 'poll:dismiss'],
    'NOT_FOUND',
    'There is no such poll.',
    ({ room }, _, { pollId }) => room.poll?.pollId !== pollId
  ),
  rule(
    'a chosen option is one of the poll',
    ['poll:vote'],
    'NOT_FOUND',
    'The poll has no such option.',
    ({ room }, _, { option }) => option >= (room.poll?.options.length ?? 0)
  )
]

/** The state of the poll must fit the command. */
export const pollConflicts: readonly Rule[] = [
  rule(
    'one poll is open at a time',
    ['poll:open'],
    'CONFLICT',
    'Close the open poll first.',
    ({ room }) => room.poll?.isOpen === true
  ),
  rule(
    'a closed poll takes no votes',
    ['poll:vote'],
    'CONFLICT',
    'This poll is closed.',
    ({ room }) => room.poll?.isOpen !== true
  ),
  rule(
    'an open poll is closed before it is dismissed',
    ['poll:dismiss'],
    'CONFLICT',
    'Close the poll first.',
    ({ room }) => room.poll?.isOpen === true
  )
]
