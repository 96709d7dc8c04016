import { isQuiet } from '../../../contract/room.ts'
import { actorId } from '../commands.ts'
import { itemOf } from '../playlist.ts'
import {
  findRequest,
  hasFloor,
  isAway,
  isGrantedAtOnce,
  isStageFull,
  isWaiting,
  slowModeLeftMs,
  targetOf
} from './conditions.ts'
import { rule, waitingRule, type Rule } from './rule.ts'

/** The state must fit the command: CONFLICT, STAGE_FULL, QUEUE_FULL, and slow mode. */
export const conflictRules: readonly Rule[] = [
  rule(
    'a show starts once',
    ['show:start'],
    'CONFLICT',
    'The show is live already.',
    ({ room }) => room.status !== 'scheduled'
  ),
  rule('speakers do not ask to speak', ['speak:request'], 'CONFLICT', 'You are on stage already.', (state, actor) =>
    hasFloor(state, actorId(actor))
  ),
  rule(
    'a request is answered once',
    ['speak:answer'],
    'CONFLICT',
    'This request was answered or withdrawn.',
    (state, _, { requestId }) => !findRequest(state, requestId)
  ),
  rule(
    'nobody is accepted while away',
    ['speak:answer'],
    'CONFLICT',
    'They lost their connection; their place is kept.',
    (state, _, command) => command.accept && isAway(state, targetOf(state, command) ?? '')
  ),
  rule(
    'nobody is invited while away',
    ['speak:invite'],
    'CONFLICT',
    'They lost their connection; their place is kept.',
    (state, _, { userId }) => isAway(state, userId)
  ),
  rule('speakers are not invited', ['speak:invite'], 'CONFLICT', 'They are on stage already.', (state, _, { userId }) =>
    hasFloor(state, userId)
  ),
  rule(
    'the creator is not a co-host',
    ['cohost:set'],
    'CONFLICT',
    'The creator is the host already.',
    ({ room }, _, { userId, cohost }) => cohost && userId === room.creatorId
  ),
  rule(
    'the owner of the room stays a co-host',
    ['cohost:set'],
    'CONFLICT',
    'Hand the show over first.',
    ({ room }, _, { userId, cohost }) => !cohost && userId === room.ownerId
  ),
  rule(
    'nobody takes the show over while away',
    ['show:handOver'],
    'CONFLICT',
    'They lost their connection; wait until they are back.',
    (state, _, { userId }) => isAway(state, userId)
  ),
  rule(
    'a named item can be played',
    ['playback:play'],
    'CONFLICT',
    "This item can't be played any more.",
    (state, _, { itemId }) => itemId !== undefined && itemOf(state, itemId)?.available === false
  ),
  rule(
    'next continues from the item that plays',
    ['playback:next'],
    'CONFLICT',
    'Another item plays by now.',
    ({ room }, _, { from }) => from !== undefined && from !== room.playback.item?.id
  ),
  rule(
    'accepting takes a free seat',
    ['speak:answer'],
    'STAGE_FULL',
    'The stage is full; the request keeps its place.',
    (state, _, { accept }) => accept && isStageFull(state)
  ),
  rule(
    'responding to an invitation takes a free seat',
    ['speak:respond'],
    'STAGE_FULL',
    'The stage is full; the invitation stays.',
    (state, _, { accept }) => accept && isStageFull(state)
  ),
  rule(
    'inviting a person who asked takes a free seat',
    ['speak:invite'],
    'STAGE_FULL',
    'The stage is full; the request keeps its place.',
    (state, _, { userId }) => isWaiting(state, userId) && isStageFull(state)
  ),
  rule(
    'a request that is granted at once takes a free seat',
    ['speak:request'],
    'STAGE_FULL',
    'The stage is full.',
    (state, actor) => isGrantedAtOnce(state, actorId(actor)) && isStageFull(state)
  ),
  rule(
    'an owner who is not on stage takes a free seat',
    ['show:handOver'],
    'STAGE_FULL',
    'The stage is full; free a seat for them first.',
    (state, _, { userId }) => !hasFloor(state, userId) && isStageFull(state)
  ),
  rule(
    'the queue has a maximum size',
    ['speak:request'],
    'QUEUE_FULL',
    'Too many people are waiting; try again later.',
    (state, actor) =>
      !isWaiting(state, actorId(actor)) &&
      !isGrantedAtOnce(state, actorId(actor)) &&
      state.room.queueLength >= state.limits.queueSize
  ),
  rule(
    'a show that is quiet for Spotify has no jingles',
    ['jingle:play'],
    'CONFLICT',
    'A Spotify track is playing, and nothing may be mixed with it.',
    ({ room }) => isQuiet(room)
  ),
  waitingRule('slow mode', 'comment:send', 'Slow mode is on; wait before your next comment.', slowModeLeftMs)
]
