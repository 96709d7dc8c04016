import { firstToPlay, itemOf } from '../playlist.ts'
import { hasFloor, isCohost, wasInShow, wasRequested } from './conditions.ts'
import { rule, type Rule } from './rule.ts'

/** The people and things that a command names must exist: NOT_FOUND. */
export const existenceRules: readonly Rule[] = [
  rule(
    'an answered request was made',
    ['speak:answer'],
    'NOT_FOUND',
    'There is no such request.',
    (state, _, { requestId }) => !wasRequested(state, requestId)
  ),
  rule(
    'the last of the rejected requests was made',
    ['speak:rejectAll'],
    'NOT_FOUND',
    'There is no such request.',
    (state, _, { upTo }) => upTo !== undefined && !wasRequested(state, upTo)
  ),
  rule(
    'people are in the show',
    ['speak:invite', 'speak:revoke', 'show:handOver'],
    'NOT_FOUND',
    'They are not in the show.',
    ({ members }, _, { userId }) => !members.has(userId)
  ),
  rule(
    'a new co-host is in the show',
    ['cohost:set'],
    'NOT_FOUND',
    'They are not in the show.',
    (state, _, { userId }) => !state.members.has(userId) && !isCohost(state, userId)
  ),
  rule(
    'a deleted comment exists',
    ['comment:delete'],
    'NOT_FOUND',
    'There is no such comment in this show.',
    (_state, _actor, { authorId }) => authorId === null
  ),
  rule(
    'a pinned comment exists',
    ['comment:pin'],
    'NOT_FOUND',
    'There is no such comment in this show.',
    (_state, _actor, { comment }) => comment === null
  ),
  rule(
    'people were in the show',
    ['comment:mute', 'member:remove'],
    'NOT_FOUND',
    'They were never in the show.',
    (state, _, { userId }) => !wasInShow(state, userId)
  ),
  rule(
    'only banned people are unbanned',
    ['member:unban'],
    'NOT_FOUND',
    'They are not banned.',
    ({ bannedIds }, _, { userId }) => !bannedIds.has(userId)
  ),
  rule(
    'only speakers are muted',
    ['mute:set'],
    'NOT_FOUND',
    'They are not on stage.',
    (state, _, { userId }) => !hasFloor(state, userId)
  ),
  rule(
    'a named item is in the playlist',
    ['playback:play'],
    'NOT_FOUND',
    'There is no such item in the playlist.',
    (state, _, { itemId }) => itemId !== undefined && !itemOf(state, itemId)
  ),
  rule(
    'the playlist has something to play',
    ['playback:play', 'playback:next'],
    'NOT_FOUND',
    'The playlist has nothing that can be played.',
    (state, _, command) => !('itemId' in command && command.itemId !== undefined) && !firstToPlay(state)
  )
]
