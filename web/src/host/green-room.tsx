import { useState } from 'react'
import { Input, Label, TextField } from 'react-aria-components'
import type { Show } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { SourcePicker } from '../microphone/source-picker.tsx'
import styles from './green-room.module.css'

interface GreenRoomProps {
  show: Show
  onLive: (show: Show, voice: MediaStreamTrack) => void
}

const visibilities = { public: 'Anybody', unlisted: 'Who has the link', private: 'Only me, for now' } as const

/** Before going live: the title, who may come, and a microphone that is known to work. */
export function GreenRoom ({ show, onLive }: GreenRoomProps) {
  const [title, setTitle] = useState(show.title)
  const [visibility, setVisibility] = useState(show.visibility)

  async function goLive (voice: MediaStreamTrack) {
    try {
      await ambient.shows.patch(show.id, { title, visibility })
      onLive(await ambient.shows.start(show.id), voice)
    } catch (error) {
      voice.stop()
      throw error
    }
  }

  return (
    <section className={styles.room}>
      <title>Get ready · Ambient</title>
      <h1>Get ready</h1>
      <TextField value={title} onChange={setTitle} isRequired maxLength={120} className={styles.field ?? ''}>
        <Label>Title of the show</Label>
        <Input />
      </TextField>
      <label className={styles.field}>
        <span>Who can find it</span>
        <select value={visibility} onChange={({ target: { value } }) => { if (value === 'public' || value === 'unlisted' || value === 'private') setVisibility(value) }}>
          {Object.entries(visibilities).map(([value, text]) => <option key={value} value={value}>{text}</option>)}
        </select>
      </label>
      <SourcePicker confirm='Go live' onConfirm={goLive} />
    </section>
  )
}
