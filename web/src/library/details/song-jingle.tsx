import { useState, type FormEvent } from 'react'
import type { JingleColor, Song } from '../../../../client/index.ts'
import { ambient } from '../../ambient.ts'
import { AsyncButton } from '../../ui/async-button.tsx'
import { SelectField } from '../../ui/select-field.tsx'
import { TextField } from '../../ui/text-field.tsx'
import styles from './details.module.css'

const maxNameLength = 20
const colors: Readonly<Record<JingleColor, string>> = {
  red: 'Red',
  orange: 'Orange',
  green: 'Green',
  teal: 'Teal',
  blue: 'Blue',
  purple: 'Purple'
}

/** Puts a short sound on a pad, which the hosts of its owner's shows can press, or takes it off. */
export function SongJingle({ song, onChanged }: { song: Song; onChanged: (song: Song) => void }) {
  const [name, setName] = useState(song.jingle?.name ?? [...song.title].slice(0, maxNameLength).join(''))
  const [color, setColor] = useState<JingleColor>(song.jingle?.color ?? 'teal')

  async function save() {
    onChanged(await ambient.songs.patch(song.id, { jingle: { name, color } }))
  }

  return (
    <section className={styles.section} aria-label='Jingle'>
      <h3>Jingle</h3>
      <p className={styles.quiet}>
        {song.jingle
          ? 'On a pad: you and your co-hosts can play it over song and voices.'
          : 'On a pad, you and your co-hosts can play this sound over song and voices during a show.'}
      </p>
      <form className={styles.form} onSubmit={(event: FormEvent) => event.preventDefault()}>
        <TextField label='Name on the pad' value={name} onChange={setName} limit={maxNameLength} isRequired />
        <SelectField label='Color' options={colors} value={color} onChange={setColor} />
        <div className={styles.buttons}>
          {song.jingle && (
            <AsyncButton
              variant='quiet'
              onPress={async () => onChanged(await ambient.songs.patch(song.id, { jingle: null }))}
            >
              Take off the pad
            </AsyncButton>
          )}
          <AsyncButton type='submit' onPress={save} isDisabled={name.trim() === ''}>
            {song.jingle ? 'Save the pad' : 'Put on a pad'}
          </AsyncButton>
        </div>
      </form>
    </section>
  )
}
