import { actorId } from '../commands.ts'
import { isActingHost, isPresent } from './conditions.ts'
import { rule, type Rule } from './rule.ts'

/** Conditions for acting in the room at all: FORBIDDEN, NOT_IN_SHOW. */
export const membershipRules: readonly Rule[] = [
  rule(
    'only the system sends system commands',
    [
      'server:dropped',
      'server:nodeLost',
      'server:graceOver',
      'server:restored',
      'server:showEdited',
      'server:playlistEdited',
      'server:backstageEdited',
      'server:showDeleted',
      'server:producerLost',
      'server:overBitrate',
      'server:voiceHeard',
      'server:itemEnded',
      'server:songMoved',
      'server:jingleMoved',
      'server:jingleOver',
      'server:recordingFailed',
      'server:voiceRecorded',
      'server:erased',
      'server:renamed',
      'server:commentLost',
      'server:commentApproved',
      'server:commentsDeleted',
      'server:songRemoved',
      'server:pollEnded',
      'server:countVotes'
    ],
    'FORBIDDEN',
    'Only the server sends this command.',
    (_, actor) => actor.kind !== 'system'
  ),
  rule(
    'members act through the presence they joined with',
    [
      'show:resync',
      'show:leave',
      'show:announce',
      'speak:request',
      'speak:cancel',
      'speak:answer',
      'speak:rejectAll',
      'speak:invite',
      'speak:respond',
      'speak:revoke',
      'speak:stepDown',
      'mute:set',
      'mute:all',
      'cohost:set',
      'show:handOver',
      'media:use',
      'media:produce',
      'media:produced',
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
      'playlist:editing',
      'recording:set',
      'playback:play',
      'playback:next',
      'playback:pause',
      'playback:stop',
      'playback:level',
      'jingle:play'
    ],
    'NOT_IN_SHOW',
    'Join the show first.',
    (state, actor) => !isPresent(state, actor)
  ),
  rule(
    'hosts act on people from inside the show or over REST',
    ['member:remove', 'member:unban', 'people:list'],
    'NOT_IN_SHOW',
    'Join the show first.',
    (state, actor) => actor.kind === 'member' && !isPresent(state, actor)
  ),
  rule(
    'only people in the show, and its hosts, see who is there',
    ['people:see'],
    'NOT_IN_SHOW',
    'Join the show to see who is here.',
    (state, actor) =>
      actor.kind === 'member'
        ? !isPresent(state, actor)
        : state.room.status !== 'scheduled' && !state.members.has(actorId(actor) ?? '') && !isActingHost(state, actor)
  )
]
