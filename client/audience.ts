import type { HeldComment } from '../contract/held-comments.ts'
import type { OwnVotes, PollDraft } from '../contract/polls.ts'
import type { SendCommand } from './connection.ts'

/** The commands of a live show about pins, polls and song requests. */
export type Audience = ReturnType<typeof audienceOf>

/**
 * Returns the commands with which hosts show something to their audience and ask it, and with which members answer:
 * pins, held comments, polls and song requests. A page loads them when it shows one of these. All throw CodedError; the
 * server checks the permissions.
 */
export function audienceOf({ sendCommand: command }: { readonly sendCommand: SendCommand }) {
  return {
    /** Pins a comment of the show for everybody, in place of what is pinned. For hosts. */
    pinComment: async (commentId: string) => await command('comment:pin', { commentId }),
    /** Pins a link with a short text for everybody, in place of what is pinned. `url` is http or https. For hosts. */
    pinLink: async (url: string, text: string) => await command('link:pin', { url, text }),
    /** Unpins what is pinned. For hosts. */
    unpin: async () => await command('pin:remove', {}),

    /** Returns the comments that wait: for hosts all of them, for others their own. Ask again after each answer. */
    heldComments: async (): Promise<readonly HeldComment[]> => (await command('comments:held', {})).items,
    /** Publishes or declines a comment that waits. Throws NOT_FOUND when another host was faster. For hosts. */
    answerHeldComment: async (heldId: string, accept: boolean) => await command('comment:answer', { heldId, accept }),

    /** Opens a poll, in place of the result of an earlier one. Throws CONFLICT while one is open. For hosts. */
    openPoll: async (draft: PollDraft) => await command('poll:open', draft),
    /** Votes in the open poll, or changes the vote. `option` is the index. Not for guests. */
    votePoll: async (pollId: string, option: number) => await command('poll:vote', { pollId, option }),
    /** Closes the open poll. Its result stays until it is dismissed. For hosts. */
    closePoll: async (pollId: string) => await command('poll:close', { pollId }),
    /** Takes away the result of the closed poll. For hosts. */
    dismissPoll: async (pollId: string) => await command('poll:dismiss', { pollId }),
    /** Returns the user's own votes, which nobody else sees. Ask for them after joining. */
    ownVotes: async (): Promise<OwnVotes> => await command('votes:mine', {}),

    /**
     * Requests a song of the creator, see `ambient.shows.requestableSongs`, or votes for it when it is requested
     * already. Throws FORBIDDEN while requests are closed, QUEUE_FULL. Not for guests.
     */
    requestSong: async (songId: string) => await command('song:request', { songId }),
    /** Votes for a requested song, or takes the vote back. Not for guests. */
    voteSong: async (songId: string, on: boolean) => await command('song:vote', { songId, on }),
    /** Takes a requested song out of the list. For hosts. */
    dismissSong: async (songId: string) => await command('song:dismiss', { songId })
  }
}
