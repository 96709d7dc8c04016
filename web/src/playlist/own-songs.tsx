import { useEffect, useRef, useState } from 'react'
import { Check, Plus } from 'lucide-react'
import type { Song } from '../../../client/index.ts'
import { SearchField } from '../discover/search-field.tsx'
import { Artwork } from '../library/artwork.tsx'
import { ChooseFiles } from '../library/choose-files.tsx'
import { FileDrop } from '../library/file-drop.tsx'
import { PlayButton } from '../library/play-button.tsx'
import { UploadList } from '../library/upload-list.tsx'
import { useUploads } from '../library/uploads.ts'
import { songPlayer, usePlaybackOf } from '../library/use-song-playback.ts'
import { useSongs } from '../library/use-songs.ts'
import { useSpace } from '../library/use-space.ts'
import { WaveformSlider } from '../library/waveform-slider.tsx'
import { Action } from '../parts/action.tsx'
import { Listing } from '../parts/listing.tsx'
import { durationText } from './duration.ts'
import { aboutText } from './song-items.ts'
import styles from './own-songs.module.css'

/** One's own songs, to hear and to add; more can be uploaded without leaving. */
export function OwnSongs({ onAdd }: { onAdd: (song: Song) => void }) {
  const [q, setQ] = useState('')
  const place = useRef<HTMLDivElement>(null)
  const songs = useSongs(q)
  const { uploads } = useUploads()
  useSpace(songs.items)
  useEffect(() => () => songPlayer.stop(), [])

  const onTheWay = new Set(uploads.map(({ songId }) => songId))
  // What is not ready can't be played; how it gets on stands in the library.
  const listed = {
    ...songs,
    items: songs.items?.filter(({ id, status }) => status === 'ready' && !onTheWay.has(id)) ?? null
  }
  return (
    <div ref={place} className={styles.songs} tabIndex={-1}>
      <div className={styles.tools}>
        <SearchField label='Search your songs' words={q} onSearch={setQ} />
        <ChooseFiles />
      </div>
      <FileDrop />
      <UploadList onGone={() => place.current?.focus()} />
      <Listing
        pages={listed}
        empty={
          <p>
            {q
              ? 'None of your songs has these words.'
              : 'You have no songs here yet. Upload some that you may broadcast.'}
          </p>
        }
      >
        {song => <OwnSong song={song} onAdd={() => onAdd(song)} />}
      </Listing>
    </div>
  )
}

function OwnSong({ song, onAdd }: { song: Song; onAdd: () => void }) {
  const [added, setAdded] = useState(false)
  const { id, title, artist, durationMs, artworkUrl, peaks } = song
  const { positionMs, fault } = usePlaybackOf(id)
  const add = () => {
    onAdd()
    setAdded(true)
  }
  return (
    <li className={styles.song}>
      <Artwork url={artworkUrl} />
      <span className={styles.text}>
        <span className={styles.title}>{title}</span>
        <span className={styles.about}>{aboutText(artist === null ? [] : [artist], durationText(durationMs))}</span>
      </span>
      <Action label={`${added ? 'Added' : 'Add'} ${title}`} onPress={add}>
        {added ? <Check size={18} aria-hidden='true' /> : <Plus size={18} aria-hidden='true' />}
        <span className={styles.words}>{added ? 'Added' : 'Add'}</span>
      </Action>
      <span className={styles.sound}>
        <PlayButton song={song} />
        <WaveformSlider
          label={`Position in ${title}`}
          peaks={peaks}
          durationMs={durationMs}
          positionMs={positionMs}
          onSeek={ms => {
            songPlayer.seek(id, ms)
          }}
        />
      </span>
      {fault && (
        <span role='alert' className={styles.fault}>
          {fault}
        </span>
      )}
    </li>
  )
}
