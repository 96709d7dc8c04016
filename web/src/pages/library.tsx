import { useCallback, useEffect, useRef } from 'react'
import { Music } from 'lucide-react'
import { Link, useSearchParams } from 'wouter'
import type { User } from '../../../client/index.ts'
import { useUser } from '../ambient.ts'
import { SearchField } from '../discover/search-field.tsx'
import { ChooseFiles } from '../library/choose-files.tsx'
import { FileDrop } from '../library/file-drop.tsx'
import { SongActs } from '../library/song-acts.tsx'
import { SongRow } from '../library/song-row.tsx'
import { SpaceMeter } from '../library/space-meter.tsx'
import { UploadList } from '../library/upload-list.tsx'
import { useUploads } from '../library/uploads.ts'
import { songPlayer } from '../library/use-song-playback.ts'
import { useSongs } from '../library/use-songs.ts'
import { useSpace } from '../library/use-space.ts'
import { Listing } from '../parts/listing.tsx'
import { Notice } from '../parts/notice.tsx'
import styles from './library.module.css'

/** One's own songs: uploading, finding, hearing, using and deleting them. */
export function LibraryPage() {
  const user = useUser()
  if (!user) {
    return (
      <Notice title='Your songs'>
        <p>Nobody is signed in here.</p>
        <Link href='/sign-in?to=/library'>Sign in</Link>
      </Notice>
    )
  }
  if (user.guest) {
    return (
      <Notice title='Your songs'>
        <p>Guests listen. To keep songs and play them in a show of your own, sign in.</p>
        <Link href='/sign-in?to=/library'>Sign in</Link>
      </Notice>
    )
  }
  return <Library key={user.id} user={user} />
}

function Library({ user }: { user: User }) {
  const [parameters, setParameters] = useSearchParams()
  const q = parameters.get('q') ?? ''
  const search = useCallback(
    (words: string) => setParameters(words ? { q: words } : {}, { replace: true }),
    [setParameters]
  )
  const heading = useRef<HTMLHeadingElement>(null)
  const songs = useSongs(q)
  const space = useSpace(songs.items)
  const { uploads } = useUploads()
  // What one hears here is not to go on over a show.
  useEffect(() => () => songPlayer.stop(), [user.id])

  // What is on its way stands above, with its progress.
  const onTheWay = new Set(uploads.map(({ songId }) => songId))
  const listed = { ...songs, items: songs.items?.filter(({ id }) => !onTheWay.has(id)) ?? null }
  const isNew = songs.items?.length === 0 && !q && uploads.length === 0
  const focusHeading = () => heading.current?.focus()

  return (
    <div className={styles.page}>
      <title>Your songs · Ambient</title>
      <div className={styles.top}>
        <h1 ref={heading} tabIndex={-1}>
          Your songs
        </h1>
        {!isNew && <ChooseFiles kind='main' />}
      </div>
      <UploadList onGone={focusHeading} />
      {isNew ? (
        <Invitation />
      ) : (
        <>
          <div className={styles.tools}>
            <SearchField label='Search your songs' words={q} onSearch={search} />
            {space && <SpaceMeter space={space} />}
          </div>
          <Listing
            pages={listed}
            empty={
              q ? (
                <p>
                  None of your songs has these words. Beginnings of words of title, artist and album are looked for.
                </p>
              ) : (
                <p>They come here as soon as they are ready.</p>
              )
            }
          >
            {song => (
              <SongRow song={song}>
                <SongActs
                  song={song}
                  onRemoved={() => {
                    songs.removed(song.id)
                    focusHeading()
                  }}
                />
              </SongRow>
            )}
          </Listing>
          <p className={styles.hint}>Drop files anywhere on this page to upload them.</p>
        </>
      )}
      <FileDrop />
    </div>
  )
}

/** Where there is nothing yet. */
function Invitation() {
  return (
    <div className={styles.invitation}>
      <span className={styles.note}>
        <Music size={36} aria-hidden='true' />
      </span>
      <h2>Bring the music</h2>
      <p>
        Drop songs anywhere on this page, whole folders too, or choose them. They are made ready here, all equally loud,
        and only you can play them in a show.
      </p>
      <ChooseFiles kind='main' />
      <p className={styles.small}>MP3, M4A, AAC, FLAC, Ogg, WAV, AIFF. Upload what you may broadcast.</p>
    </div>
  )
}
