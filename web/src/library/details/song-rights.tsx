import { useState } from 'react'
import type { Song, SongPatch } from '../../../../client/index.ts'
import { ambient } from '../../ambient.ts'
import { errorMessage } from '../../errors.ts'
import { SwitchField } from '../../ui/switch-field.tsx'
import styles from './details.module.css'

/** Switches with which the owner allows a song in replays and streams. Each change is saved at once. */
export function SongRights({ song, onChanged }: { song: Song; onChanged: (song: Song) => void }) {
  const [pending, setPending] = useState<SongPatch>({})
  const [error, setError] = useState<string | null>(null)
  const { mayReplay = false, mayStream = false } = { ...song, ...pending }

  async function set(change: SongPatch) {
    setError(null)
    setPending(change)
    try {
      onChanged(await ambient.songs.patch(song.id, change))
    } catch (error) {
      setError(errorMessage(error))
    }
    setPending({})
  }

  return (
    <section className={styles.section} aria-label='Rights'>
      <h3>Rights</h3>
      <p className={styles.quiet}>
        Your live shows play this song either way. Turn these on only if you have the rights to let people hear it
        there.
      </p>
      <SwitchField
        label='Heard in replays of shows'
        isOn={mayReplay}
        onChange={isOn => {
          set({ mayReplay: isOn })
        }}
      />
      <SwitchField
        label='Heard in streams for radio apps'
        isOn={mayStream}
        onChange={isOn => {
          set({ mayStream: isOn })
        }}
      />
      {error && (
        <p role='alert' className={styles.errorText}>
          {error}
        </p>
      )}
    </section>
  )
}
