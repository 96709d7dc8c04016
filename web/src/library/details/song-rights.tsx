import type { Song, SongPatch } from '../../../../client/index.ts'
import { ambient } from '../../ambient.ts'
import { SwitchField } from '../../ui/switch-field.tsx'
import { useInstantSave } from '../../ui/use-instant-save.ts'
import styles from './details.module.css'

/** Switches with which the owner allows a song in replays and streams. Each change is saved at once. */
export function SongRights({ song, onChanged }: { song: Song; onChanged: (song: Song) => void }) {
  const { pending, error, save } = useInstantSave(async (change: SongPatch) => {
    onChanged(await ambient.songs.patch(song.id, change))
  })
  const { mayReplay = false, mayStream = false } = { ...song, ...pending }

  return (
    <section className={styles.section} aria-label='Rights'>
      <h3>Rights</h3>
      <p className={styles.quiet}>
        Your live shows play this song either way. Turn these on only if you have the rights to let people hear it
        there.
      </p>
      <SwitchField label='Heard in replays of shows' isOn={mayReplay} onChange={isOn => save({ mayReplay: isOn })} />
      <SwitchField
        label='Heard in streams for radio apps'
        isOn={mayStream}
        onChange={isOn => save({ mayStream: isOn })}
      />
      {error && (
        <p role='alert' className={styles.errorText}>
          {error}
        </p>
      )}
    </section>
  )
}
