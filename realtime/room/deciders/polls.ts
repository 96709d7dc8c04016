import { isDeepStrictEqual } from 'node:util'
import type { ServerRoomEvent } from '../events.ts'
import type { ServerRoomState } from '../server-room-state.ts'
import { choiceOf, countChoices } from '../votes.ts'
import { byMember, changesNothing, onAir, type Deciders } from './decider.ts'

/** Polls: one at a time, whose result stays until a host dismisses it. */
export const pollDeciders: Deciders<
  'poll:open' | 'poll:vote' | 'poll:close' | 'poll:dismiss' | 'votes:mine' | 'server:pollEnded'
> = {
  'poll:open': byMember(({ room }, { question, options, durationMs }, { userId: by }, nowMs) => {
    const dismissed = room.poll && ({ type: 'poll:dismissed', pollId: room.poll.pollId, by } as const)
    // The version increases with every event, so that no later poll has this id.
    const pollId = `p${room.version + 1}`
    const endsAt = durationMs === undefined ? null : nowMs + durationMs
    return [...(dismissed ? [dismissed] : []), { type: 'poll:opened', pollId, question, options, endsAt, by }]
  }),
  'poll:vote': byMember(({ ballots }, { pollId: ballotId, option: choice }, { userId }) =>
    choiceOf(ballots, ballotId, userId) === choice ? [] : [{ type: 'vote:cast', ballotId, userId, choice }]
  ),
  'poll:close': byMember((state, _command, { userId }) => closed(state, userId)),
  'poll:dismiss': byMember((_state, { pollId }, { userId: by }) => [{ type: 'poll:dismissed', pollId, by }]),
  'votes:mine': changesNothing,
  'server:pollEnded': onAir((state, { pollId }, _actor, nowMs) => {
    const { poll } = state.room
    const isOver = poll?.pollId === pollId && poll.endsAt !== null && nowMs >= poll.endsAt
    return isOver ? closed(state, null) : []
  })
}

/** Returns the event that closes the open poll with the votes so far; none without an open poll. */
export function closed({ room: { poll }, ballots }: ServerRoomState, by: string | null): ServerRoomEvent[] {
  if (!poll?.isOpen) return []
  const counts = countChoices(ballots, poll.pollId, poll.options.length)
  return [{ type: 'poll:closed', pollId: poll.pollId, counts, by }]
}

/** Returns the event that takes away the poll of a person. */
export function pollDismissedOf({ room: { poll } }: ServerRoomState, userId: string): ServerRoomEvent[] {
  return poll?.by === userId ? [{ type: 'poll:dismissed', pollId: poll.pollId, by: null }] : []
}

/** Returns the event with the counts of the open poll; none when they are known. */
export function countedPoll({ room: { poll }, ballots }: ServerRoomState): ServerRoomEvent[] {
  if (!poll?.isOpen) return []
  const counts = countChoices(ballots, poll.pollId, poll.options.length)
  return isDeepStrictEqual(counts, poll.counts) ? [] : [{ type: 'poll:counted', pollId: poll.pollId, counts }]
}
