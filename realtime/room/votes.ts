import { Map as ImmutableMap } from 'immutable'

/** The choices of people in one ballot, by user id. Nobody has more than one. */
export type Ballot = ImmutableMap<string, number>

/** The ballots of a show by id: one for its poll, and one for each requested song. Only the home has them. */
export type Ballots = ImmutableMap<string, Ballot>

/** A person's choice in a ballot; null takes it back. */
export interface Vote {
  readonly ballotId: string
  readonly userId: string
  readonly choice: number | null
}

/** Votes are known to the home only: they are neither logged nor sent, and stored apart from the log. */
export type VoteEvent = ({ type: 'vote:cast' } & Vote) | { type: 'votes:forgotten'; userId: string }

export const noBallots: Ballots = ImmutableMap()

/** Returns a person's choice; undefined without one. */
export function choiceOf(ballots: Ballots, ballotId: string, userId: string): number | undefined {
  return ballots.get(ballotId)?.get(userId)
}

/** Returns how many people have each of `length` choices. */
export function countChoices(ballots: Ballots, ballotId: string, length: number): number[] {
  const counts = new Array<number>(length).fill(0)
  for (const choice of ballots.get(ballotId)?.values() ?? []) {
    const count = counts[choice]
    if (count !== undefined) counts[choice] = count + 1
  }
  return counts
}

/** Returns the ballots after a vote, or without the votes of a person. */
export function withVote(ballots: Ballots, event: VoteEvent): Ballots {
  if (event.type === 'votes:forgotten') return ballots.map(ballot => ballot.delete(event.userId))
  const { ballotId, userId, choice } = event
  const ballot: Ballot = ballots.get(ballotId) ?? ImmutableMap()
  return ballots.set(ballotId, choice === null ? ballot.delete(userId) : ballot.set(userId, choice))
}
