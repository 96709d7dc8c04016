import type { ErrorCode } from '../../../contract/errors.ts'
import type { Command } from '../../../realtime/room/commands.ts'
import type { ServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { songChoice } from '../../../realtime/room/song-votes.ts'
import { creator } from './people.ts'

/** A poll or a requested song in the model, with what everybody knows, and the votes, which nobody else knows. */
interface BallotModel {
  subject: string
  /** Votes as they were counted last: for each option, or one number for a song. */
  known: number[]
  /** The option of each person; for a song, whether they vote for it. */
  votes: Map<string, number>
}

interface PollModel extends BallotModel {
  isOpen: boolean
  options: readonly string[]
  openedAt: number
  endsAt: number | null
  by: string
}

interface SongModel extends BallotModel {
  /** The person who has requested it; null when they are erased, or nobody knows any more. */
  requester: string | null
  /** Requests have an order in time. */
  n: number
}

export interface VotingModel {
  poll: PollModel | null
  songs: SongModel[]
  songCount: number
}

export const newVoting = (): VotingModel => ({ poll: null, songs: [], songCount: 0 })

export function existenceInVoting({ poll, songs }: VotingModel, command: Command): ErrorCode | null {
  switch (command.type) {
    case 'poll:vote':
      return poll && command.pollId !== 'p0' && command.option < poll.options.length ? null : 'NOT_FOUND'
    case 'poll:close':
    case 'poll:dismiss':
      return poll && command.pollId !== 'p0' ? null : 'NOT_FOUND'
    case 'comment:pin':
      return command.comment === null ? 'NOT_FOUND' : null
    case 'song:request':
      return command.song === null ? 'NOT_FOUND' : null
    case 'song:vote':
    case 'song:dismiss':
      return songs.some(({ subject }) => subject === command.songId) ? null : 'NOT_FOUND'
    default:
      return null
  }
}

/** The limits of the list are far above what a scenario requests. */
export function conflictOfVoting({ poll }: VotingModel, { type }: Command, _userId: string): ErrorCode | null {
  if (type === 'poll:open' || type === 'poll:dismiss') return poll?.isOpen ? 'CONFLICT' : null
  return type === 'poll:vote' && !poll?.isOpen ? 'CONFLICT' : null
}

/** Applies an accepted command to the votes. */
export function applyToVoting(model: { voting: VotingModel }, userId: string, command: Command, now: number): void {
  const { voting } = model
  const { poll } = voting
  switch (command.type) {
    case 'poll:open': {
      const { question, options, durationMs } = command
      const endsAt = durationMs === undefined ? null : now + durationMs
      const known = options.map(() => 0)
      const times = { openedAt: now, endsAt }
      voting.poll = { subject: question, options, known, votes: new Map(), isOpen: true, ...times, by: userId }
      return
    }
    case 'poll:vote': {
      poll?.votes.set(userId, command.option)
      return
    }
    case 'poll:close':
      return closeVoting(voting)
    case 'server:pollEnded': {
      if (poll && command.pollId !== 'p0' && poll.endsAt !== null && now >= poll.endsAt) closeVoting(voting)
      return
    }
    case 'poll:dismiss': {
      voting.poll = null
      return
    }
    case 'song:request':
      return command.song ? request(voting, command.song.songId, userId) : undefined
    case 'song:vote': {
      const song = voting.songs.find(({ subject }) => subject === command.songId)
      if (command.on) song?.votes.set(userId, 0)
      else song?.votes.delete(userId)
      return
    }
    case 'song:dismiss':
    case 'server:songRemoved': {
      voting.songs = voting.songs.filter(({ subject }) => subject !== command.songId)
      return
    }
    case 'server:countVotes': {
      if (poll?.isOpen) poll.known = countOf(poll)
      for (const song of voting.songs) song.known = [song.votes.size]
      return
    }
    case 'server:restored':
      return forgetVotes(voting)
    case 'server:erased': {
      if (command.userId === creator) return
      poll?.votes.delete(command.userId)
      if (poll?.by === command.userId) voting.poll = null
      for (const song of voting.songs) {
        song.votes.delete(command.userId)
        if (song.requester === command.userId) song.requester = null
      }
    }
  }
}

function request(voting: VotingModel, songId: string, userId: string): void {
  const song = voting.songs.find(({ subject }) => subject === songId)
  if (song) song.votes.set(userId, 0)
  else {
    const votes = new Map([[userId, 0]])
    voting.songs.push({ subject: songId, known: [1], votes, requester: userId, n: voting.songCount++ })
  }
}

function countOf({ options, votes }: PollModel): number[] {
  return options.map((_, index) => [...votes.values()].filter(option => option === index).length)
}

/** Closes the poll with its last votes. */
function closeVoting({ poll }: VotingModel): void {
  if (!poll?.isOpen) return
  poll.known = countOf(poll)
  poll.isOpen = false
}

/** Ends the voting with the show: the poll has its result, and the votes are forgotten. */
export function endVoting(voting: VotingModel): void {
  closeVoting(voting)
  forgetVotes(voting)
}

/** A requested song that plays leaves the list. */
export function settlePlayed(model: {
  voting: VotingModel
  playing: { item: { songId?: string | undefined }; isRunning: boolean } | null
}): void {
  const { voting, playing } = model
  if (playing?.isRunning) voting.songs = voting.songs.filter(({ subject }) => subject !== playing.item.songId)
}

/** The votes are stored apart from the log, with which the scenarios restore a room. */
function forgetVotes({ poll, songs }: VotingModel): void {
  poll?.votes.clear()
  for (const song of songs) Object.assign(song, { requester: null }).votes.clear()
}

/** The votes of the model in a form that can be compared with `viewOfBallots`. */
export function viewOfVoting({ poll, songs }: VotingModel) {
  return {
    poll: poll && {
      question: poll.subject,
      options: [...poll.options],
      counts: poll.known,
      isOpen: poll.isOpen,
      openedAt: poll.openedAt,
      endsAt: poll.endsAt,
      votes: sortedEntries(poll.votes)
    },
    songs: [...songs]
      .sort((a, b) => b.known[0]! - a.known[0]! || a.n - b.n)
      .map(({ subject, known: [votes], votes: voters, requester }) => ({
        songId: subject,
        votes,
        voters: [...voters.keys()].sort(),
        requester
      }))
  }
}

/** The votes of a room in a form that can be compared with `viewOfVoting`. */
export function viewOfBallots({ room, ballots }: ServerRoomState) {
  const { poll, songRequests = [] } = room
  return {
    poll: poll
      ? {
          question: poll.question,
          options: [...poll.options],
          counts: poll.counts,
          isOpen: poll.isOpen,
          openedAt: poll.openedAt,
          endsAt: poll.endsAt,
          votes: sortedEntries(ballots.get(poll.pollId) ?? [])
        }
      : null,
    songs: songRequests.map(({ requestId, songId, votes }) => {
      const choices = [...(ballots.get(requestId) ?? [])]
      return {
        songId,
        votes,
        voters: choices.flatMap(([userId, choice]) => (choice === songChoice.requested ? [] : [userId])).sort(),
        requester: choices.find(([, choice]) => choice !== songChoice.votes)?.[0] ?? null
      }
    })
  }
}

function sortedEntries(votes: Iterable<[string, number]>): [string, number][] {
  return [...votes].sort(([a], [b]) => (a < b ? -1 : 1))
}
