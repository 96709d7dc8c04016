import type { OwnVotes } from '../../contract/polls.ts'
import type { Votes } from '../../plugins/app/shows/votes.ts'
import { songChoice } from '../room/song-votes.ts'
import type { Handlers } from '../sockets/gate.ts'
import { checkCommand, runCommand } from '../sockets/membership.ts'

export interface PollHandlerParts {
  votes: Pick<Votes, 'ofPerson'>
}

type PollEvent = 'poll:open' | 'poll:vote' | 'poll:close' | 'poll:dismiss' | 'votes:mine'

/** Polls, and a member's own votes. A vote is stored before it is answered, so the store knows it on every node. */
export function pollHandlers({ votes }: PollHandlerParts): Pick<Handlers, PollEvent> {
  return {
    async 'poll:open'(socket, draft) {
      await runCommand(socket, { type: 'poll:open', ...draft })
      return {}
    },
    async 'poll:vote'(socket, vote) {
      await runCommand(socket, { type: 'poll:vote', ...vote })
      return {}
    },
    async 'poll:close'(socket, payload) {
      await runCommand(socket, { type: 'poll:close', ...payload })
      return {}
    },
    async 'poll:dismiss'(socket, payload) {
      await runCommand(socket, { type: 'poll:dismiss', ...payload })
      return {}
    },
    async 'votes:mine'(socket): Promise<OwnVotes> {
      const { room, actor } = checkCommand(socket, { type: 'votes:mine' })
      const own = await votes.ofPerson(room.showId, actor.userId)
      const { poll, songRequests = [] } = room.state.room
      const option = poll && own.get(poll.pollId)
      return {
        poll: poll && option !== undefined ? { pollId: poll.pollId, option } : null,
        songIds: songRequests.flatMap(({ requestId, songId }) => {
          const choice = own.get(requestId)
          return choice === undefined || choice === songChoice.requested ? [] : [songId]
        })
      }
    }
  }
}
