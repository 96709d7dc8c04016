import { Mic } from 'lucide-react'
import type { RoomView } from '../../../client/index.ts'
import styles from './ducking-status.module.css'

const nameList = new Intl.ListFormat('en', { type: 'conjunction' })

/**
 * Shows hosts who is speaking over the song, and by how much the song is lowered. It changes too often for a live
 * region; the stage says who can be heard.
 */
export function DuckingStatus({ view: { room, speaking, me } }: { view: RoomView }) {
  if (!room) return null
  const speakers = room.stage.filter(({ userId, muted }) => speaking.has(userId) && !muted)
  const names = speakers.map(({ userId, displayName }) => (userId === me.userId ? 'You' : displayName))
  const { on, levelDb } = room.settings.ducking
  const verb = speakers.length === 1 && speakers[0]?.userId !== me.userId ? 'is' : 'are'
  return (
    <p className={`${styles.status} ${names.length > 0 ? styles.active : ''}`}>
      <Mic size={16} aria-hidden='true' />
      <span>
        {names.length === 0
          ? 'No one is speaking'
          : `${nameList.format(names)} ${verb} speaking${on && levelDb < 0 ? ` · −${-levelDb} dB` : ''}`}
      </span>
    </p>
  )
}
