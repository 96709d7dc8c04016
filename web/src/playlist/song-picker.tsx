import { useEffect, useRef, useState } from 'react'
import { Check, Plus } from 'lucide-react'
import type { Song } from '../../../client/index.ts'
import { formatDuration } from '../format/duration.ts'
import { Artwork } from '../library/artwork.tsx'
import { FileDropZone } from '../library/file-drop-zone.tsx'
import { PlayButton } from '../library/play-button.tsx'
import { UploadButton } from '../library/upload-button.tsx'
import { UploadList } from '../library/upload-list.tsx'
import { useUploads } from '../library/uploads.ts'
import { songPlayer, useSongPlayback } from '../library/use-song-playback.ts'
import { useSongSpace } from '../library/use-song-space.ts'
import { useSongs } from '../library/use-songs.ts'
import { WaveformSlider } from '../library/waveform-slider.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { formatArtistsAndDuration } from './song-item.ts'
import styles from './song-picker.module.css'

/** The user's songs, to preview and to add to a playlist. More can be uploaded here. */
export function SongPicker({ onAdd }: { onAdd: (song: Song) => void }) {
  const [q, setQ] = useState('')
  const container = useRef<HTMLDivElement>(null)
  const songs = useSongs(q)
  const { uploads } = useUploads()
  useSongSpace(songs.items)
  useEffect(() => () => songPlayer.stop(), [])

  const uploadingIds = new Set(uploads.map(({ songId }) => songId))
  // Only songs that can be played are listed; the library shows the others.
  const listed = {
    ...songs,
    items: songs.items?.filter(({ id, status }) => status === 'ready' && !uploadingIds.has(id)) ?? null
  }
  return (
    <div ref={container} className={styles.picker} tabIndex={-1}>
      <div className={styles.toolbar}>
        <SearchField label='Search your songs' query={q} onSearch={setQ} />
        <UploadButton />
      </div>
      <FileDropZone />
      <UploadList onDismissed={() => container.current?.focus()} />
      <PagedList
        pages={listed}
        empty={<p>{q ? 'No songs found.' : 'You have no songs yet. Upload music you have the right to broadcast.'}</p>}
      >
        {song => <SongOption song={song} onAdd={() => onAdd(song)} />}
      </PagedList>
    </div>
  )
}

function SongOption({ song, onAdd }: { song: Song; onAdd: () => void }) {
  const [isAdded, setIsAdded] = useState(false)
  const { id, title, artist, durationMs, artworkUrl, peaks } = song
  const { positionMs, error } = useSongPlayback(id)
  const add = () => {
    onAdd()
    setIsAdded(true)
  }
  return (
    <li className={styles.song}>
      <Artwork url={artworkUrl} />
      <span className={styles.text}>
        <span className={styles.title}>{title}</span>
        <span className={styles.details}>
          {formatArtistsAndDuration(artist === null ? [] : [artist], formatDuration(durationMs))}
        </span>
      </span>
      <AsyncButton label={`${isAdded ? 'Added' : 'Add'} ${title}`} onPress={add}>
        {isAdded ? <Check size={18} aria-hidden='true' /> : <Plus size={18} aria-hidden='true' />}
        <span className={styles.label}>{isAdded ? 'Added' : 'Add'}</span>
      </AsyncButton>
      <span className={styles.preview}>
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
      {error && (
        <span role='alert' className={styles.error}>
          {error}
        </span>
      )}
    </li>
  )
}
