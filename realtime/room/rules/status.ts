import { rule, type Rule } from './rule.ts'

/** What is possible before the start and after the end of the show. */
export const statusRules: readonly Rule[] = [
  rule(
    'nothing happens before the start',
    ['show:join', 'show:end', 'member:remove', 'member:unban', 'people:list'],
    'SHOW_NOT_LIVE',
    'The show is not live yet.',
    ({ room }) => room.status === 'scheduled'
  ),
  rule(
    'nothing happens after the end',
    ['show:start', 'show:join', 'show:end', 'member:remove', 'member:unban', 'people:list'],
    'SHOW_ENDED',
    'The show has ended.',
    ({ room }) => room.status === 'ended'
  )
]
