import { actorId } from '../commands.ts'
import { isBackstage } from '../server-room-state.ts'
import { isExpectedBackstage, isPresent, isWaitingOutside } from './conditions.ts'
import { rule, type Rule } from './rule.ts'

const notLiveYet = 'The show is not live yet.'

/** Commands refused before the start or after the end of the show: SHOW_NOT_LIVE, SHOW_ENDED. */
export const statusRules: readonly Rule[] = [
  rule(
    'before the start, only the creator and invited people join, who mean to come backstage',
    ['show:join'],
    'SHOW_NOT_LIVE',
    notLiveYet,
    (state, actor, { backstage }) =>
      state.room.status === 'scheduled' &&
      !isPresent(state, actor) &&
      !(backstage === true && isExpectedBackstage(state, actorId(actor)))
  ),
  rule(
    'before the start, only people who are backstage see who is there',
    ['people:list', 'people:see'],
    'SHOW_NOT_LIVE',
    notLiveYet,
    isWaitingOutside
  ),
  rule(
    'nobody ends a show or bans people before its start',
    ['show:end', 'member:unban'],
    'SHOW_NOT_LIVE',
    notLiveYet,
    ({ room }) => room.status === 'scheduled'
  ),
  rule(
    'backstage, only the creator removes people, with their invitation',
    ['member:remove'],
    'SHOW_NOT_LIVE',
    notLiveYet,
    (state, actor) => state.room.status === 'scheduled' && !(actor.kind === 'system' && isBackstage(state))
  ),
  rule(
    'what needs an audience waits for the start',
    [
      'show:announce',
      'show:handOver',
      'cohost:set',
      'speak:answer',
      'speak:rejectAll',
      'speak:invite',
      'speak:respond',
      'comment:send',
      'comment:delete',
      'comment:mute',
      'comments:held',
      'comment:answer',
      'comment:pin',
      'link:pin',
      'pin:remove',
      'poll:open',
      'poll:vote',
      'poll:close',
      'poll:dismiss',
      'song:request',
      'song:vote',
      'song:dismiss',
      'votes:mine',
      'reaction:send',
      'recording:set',
      'playback:play',
      'playback:next',
      'playback:pause',
      'playback:stop',
      'playback:level',
      'jingle:play'
    ],
    'SHOW_NOT_LIVE',
    'This works once the show is live.',
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
