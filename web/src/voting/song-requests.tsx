import { lazy, useState } from 'react'
import { ThumbsUp } from 'lucide-react'
import { audienceOf, type SongRequest } from '../../../client/index.ts'
import { errorMessage } from '../errors.ts'
import { formatCounted } from '../format/count.ts'
import { Artwork } from '../library/artwork.tsx'
import { MoreButton } from '../menu/more-button.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { Button } from '../ui/button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { Section } from '../ui/section.tsx'
import { playNext, addToPlaylist } from './queue-song.ts'
import type { OwnVoting } from './use-own-votes.ts'
import type { VotingProps } from './voting-props.ts'
import styles from './voting.module.css'

const RequestSongDialog = lazy(async () => ({
  default: (await import('./request-song-dialog.tsx')).RequestSongDialog
}))

interface SongRequestsProps extends VotingProps {
  own: OwnVoting
  mayVote: boolean
}

/** The songs that listeners have requested, those with more votes first. Hosts play or dismiss them. */
export function SongRequests({ view, room, own, mayVote }: SongRequestsProps) {
  const [isOpen, setIsOpen] = useState(false)
  const requests = view.room?.songRequests ?? []
  const areOpen = view.room?.settings.songRequests === 'open'
  return (
    <Section
      title='Song requests'
      aside={areOpen && mayVote ? <AsyncButton onPress={() => setIsOpen(true)}>Request a song</AsyncButton> : undefined}
    >
      {requests.length === 0 && <p className={styles.note}>No songs requested yet.</p>}
      {!areOpen && requests.length > 0 && <p className={styles.note}>Requests are closed.</p>}
      {areOpen && !mayVote && <p className={styles.note}>Sign in to request songs and to vote.</p>}
      <ul className={styles.songs} aria-label='Requested songs, most votes first'>
        {requests.map(request => (
          <RequestedSong
            key={request.requestId}
            request={request}
            view={view}
            room={room}
            own={own}
            mayVote={mayVote && areOpen}
          />
        ))}
      </ul>
      {isOpen && (
        <LazyBoundary>
          <RequestSongDialog showId={room.showId} view={view} own={own} onClose={() => setIsOpen(false)} />
        </LazyBoundary>
      )}
    </Section>
  )
}

interface RequestedSongProps extends SongRequestsProps {
  request: SongRequest
}

function RequestedSong({ request, view, room, own, mayVote }: RequestedSongProps) {
  const [error, setError] = useState<string | null>(null)
  const { songId, title, artist, artworkUrl, votes } = request
  const isMine = own.votes.songIds.includes(songId)
  const count = formatCounted(votes, 'vote', 'votes')

  async function vote() {
    setError(null)
    await own.vote(songId, !isMine).catch((error: unknown) => setError(errorMessage(error)))
  }

  return (
    <li className={styles.song}>
      <Artwork url={artworkUrl} />
      <span className={styles.names}>
        <strong dir='auto'>{title}</strong>
        {artist !== null && <span dir='auto'>{artist}</span>}
        {error && (
          <span role='alert' className={styles.error}>
            {error}
          </span>
        )}
      </span>
      {mayVote ? (
        <Button
          className={`${styles.vote} ${isMine ? styles.chosen : ''}`}
          aria-pressed={isMine}
          aria-label={`Vote for ${title}, ${count}`}
          onPress={vote}
        >
          <ThumbsUp size={18} aria-hidden='true' />
          {votes}
        </Button>
      ) : (
        <span className={styles.votes}>{count}</span>
      )}
      {view.me.isHost && (
        <MoreButton
          label={`More options for ${title}`}
          isSmall
          actions={() => [
            {
              label: 'Play next',
              run: async () => await playNext(room.showId, songId, view.room?.playback.item?.id ?? null)
            },
            { label: 'Add to the playlist', run: async () => await addToPlaylist(room.showId, songId) },
            { label: 'Dismiss', isDestructive: true, run: async () => await audienceOf(room).dismissSong(songId) }
          ]}
        />
      )}
    </li>
  )
}
