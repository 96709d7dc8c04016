import { ambient } from '../ambient.ts'
import { PollCard } from './poll-card.tsx'
import { SongRequests } from './song-requests.tsx'
import { useOwnVotes } from './use-own-votes.ts'
import type { VotingProps } from './voting-props.ts'
import styles from './voting.module.css'

/** The poll of a show, and the songs that its listeners have requested. */
export function VotingPanels({ view, room }: VotingProps) {
  const own = useOwnVotes(view, room)
  const mayVote = ambient.account.user?.guest !== true
  const { poll, songRequests, settings } = view.room ?? {}
  const hasRequests = settings?.songRequests === 'open' || (songRequests?.length ?? 0) > 0
  return (
    <div className={styles.panels}>
      {poll && <PollCard key={poll.pollId} poll={poll} view={view} room={room} own={own} mayVote={mayVote} />}
      {hasRequests && <SongRequests view={view} room={room} own={own} mayVote={mayVote} />}
    </div>
  )
}
