import { lazy, useState } from 'react'
import { CodedError, type Song } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Later } from '../parts/later.tsx'
import { More } from '../stage/more.tsx'
import { songPlayer } from './use-song-playback.ts'
import { UseWords } from './song-row.tsx'

const UseInShow = lazy(async () => ({ default: (await import('./use-in-show.tsx')).UseInShow }))

/** What can be done with a song of one's own. */
export function SongActs({ song, onRemoved }: { song: Song; onRemoved: () => void }) {
  const [isUsing, setUsing] = useState(false)
  const { id, title, status } = song

  async function remove() {
    try {
      await ambient.songs.delete(id)
    } catch (error) {
      if (error instanceof CodedError && error.code === 'CONFLICT') {
        throw new Error(`“${title}” is on air. Delete it when the show has gone on to something else.`)
      }
      // Deleted meanwhile, by another tab.
      if (!(error instanceof CodedError && error.code === 'NOT_FOUND')) throw error
    }
    if (songPlayer.view.songId === id) songPlayer.stop()
    onRemoved()
  }

  const ask = {
    title: `Delete “${title}”?`,
    text: 'It is gone for good. In playlists it stays as one that can’t be played any more.',
    confirm: 'Delete'
  }
  return (
    <>
      {status === 'ready' && (
        <Action kind='quiet' label={`Use in show: ${title}`} onPress={() => setUsing(true)}>
          <UseWords />
        </Action>
      )}
      <More label={`More for ${title}`} acts={() => [{ words: 'Delete', isDanger: true, ask, act: remove }]} />
      {isUsing && (
        <Later>
          <UseInShow song={song} onClose={() => setUsing(false)} />
        </Later>
      )}
    </>
  )
}
