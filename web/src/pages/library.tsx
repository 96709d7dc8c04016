import { useCallback, useEffect, useRef } from 'react'
import { Music } from 'lucide-react'
import { Link, useSearchParams } from 'wouter'
import type { SongSpace, User } from '../../../client/index.ts'
import { useUser } from '../ambient.ts'
import { formatBytes } from '../format/bytes.ts'
import { FileDropZone } from '../library/file-drop-zone.tsx'
import { LibraryFilter } from '../library/library-filter.tsx'
import { SongList } from '../library/song-list.tsx'
import { SuggestionList } from '../library/suggestion-list.tsx'
import { UploadButton } from '../library/upload-button.tsx'
import { UploadList } from '../library/upload-list.tsx'
import { useUploads } from '../library/uploads.ts'
import { songPlayer } from '../library/use-song-playback.ts'
import { useSongSpace } from '../library/use-song-space.ts'
import { useProposals } from '../library/use-proposals.ts'
import { useSongs } from '../library/use-songs.ts'
import { noticesOf } from '../metadata/sources.ts'
import { Notice } from '../ui/notice.tsx'
import styles from './library.module.css'

/** The user's own songs: uploads, search, playback, and adding them to shows. */
export function LibraryPage() {
  const user = useUser()
  if (!user) {
    return (
      <Notice title='Your songs'>
        <p>You’re not signed in.</p>
        <Link href='/sign-in?to=/library'>Sign in</Link>
      </Notice>
    )
  }
  if (user.guest) {
    return (
      <Notice title='Your songs'>
        <p>Guests can only listen. Sign in to upload songs and play them in your own show.</p>
        <Link href='/sign-in?to=/library'>Sign in</Link>
      </Notice>
    )
  }
  return <Library key={user.id} user={user} />
}

function Library({ user }: { user: User }) {
  const [parameters, setParameters] = useSearchParams()
  const q = parameters.get('q') ?? ''
  const isSuggestions = parameters.get('view') === 'suggestions'
  const search = useCallback(
    (query: string) => setParameters(query ? { q: query } : {}, { replace: true }),
    [setParameters]
  )
  const heading = useRef<HTMLHeadingElement>(null)
  const songs = useSongs(q)
  const space = useSongSpace(songs.items)
  const proposals = useProposals(isSuggestions, songs.changed)
  const { uploads } = useUploads()
  // A preview ends with this page, so that it never plays over a show.
  useEffect(() => () => songPlayer.stop(), [user.id])

  const isEmpty = songs.items?.length === 0 && !q && uploads.length === 0
  const focusHeading = () => heading.current?.focus()

  return (
    <div className={styles.page}>
      <title>Your songs · Ambient</title>
      <div className={styles.header}>
        <h1 ref={heading} tabIndex={-1}>
          Your songs
        </h1>
        {!isEmpty && <UploadButton variant='primary' />}
      </div>
      <UploadList onDismissed={focusHeading} />
      {isEmpty ? (
        <EmptyLibrary space={space} />
      ) : (
        <>
          <LibraryFilter isSuggestions={isSuggestions} count={proposals.isSettled ? proposals.songs.size : null} />
          {isSuggestions ? (
            <SuggestionList
              proposals={proposals}
              onRemoved={songId => {
                songs.removed(songId)
                focusHeading()
              }}
            />
          ) : (
            <SongList
              q={q}
              onSearch={search}
              songs={songs}
              space={space}
              proposals={proposals}
              onRemoved={focusHeading}
            />
          )}
          {noticesOf([...proposals.songs.values()].map(({ proposal }) => proposal.source)).map(notice => (
            <p key={notice} className={styles.notice}>
              {notice}
            </p>
          ))}
        </>
      )}
      <FileDropZone />
    </div>
  )
}

function EmptyLibrary({ space }: { space: SongSpace | null }) {
  return (
    <div className={styles.emptyState}>
      <span className={styles.icon}>
        <Music size={36} aria-hidden='true' />
      </span>
      <h2>Bring your music</h2>
      <p>
        Drop songs or whole folders anywhere on this page, or choose files. We’ll get them ready, all at the same
        loudness, and only you can play them in a show.
      </p>
      <UploadButton variant='primary' />
      <p className={styles.formats}>
        MP3, M4A, AAC, FLAC, Ogg, WAV, AIFF, and tracker modules (XM, MOD, S3M, IT)
        {space && `, up to ${formatBytes(space.largestUploadBytes)} each`}. Only upload music you have the right to
        broadcast.
      </p>
    </div>
  )
}
