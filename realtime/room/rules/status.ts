import { rule, type Rule } from './rule.ts'

/** Commands refused before the start or after the end of the show: SHOW_NOT_LIVE, SHOW_ENDED. */
export const statusRules: readonly Rule[] = [
  rule(
    'nothing happens before the start',
    ['show:join', 'show:end', 'member:remove', 'member:unban', 'people:list', 'people:see'],
    'SHOW_NOT_LIVE',
    'The show is not live yet.',
    ({ room }) => room.status === 'scheduled'
  ),
  rule(
    'nothing happens after the end',
    ['show:start', 'show:join', 'show:end', 'member:remove', 'member:unban', 'people:list', 'people:see'],
    'SHOW_ENDED',
    'The show has ended.',
    ({ room }) => room.status === 'ended'
  )
]
