import { Mic } from 'lucide-react'
import type { RoomView } from '../../../client/index.ts'
import styles from './over-song.module.css'

const list = new Intl.ListFormat('en', { type: 'conjunction' })

/** For hosts: who is speaking over the song just now, and what that does to it. It changes too often to be read out; the stage says who can be heard. */
export function OverSong({ view: { room, speaking, me } }: { view: RoomView }) {
  if (!room) return null
  const over = room.stage.filter(({ userId, muted }) => speaking.has(userId) && !muted)
  const names = over.map(({ userId, displayName }) => (userId === me.userId ? 'You' : displayName))
  const { on, levelDb } = room.settings.ducking
  const verb = over.length === 1 && over[0]?.userId !== me.userId ? 'speaks' : 'speak'
  return (
    <p className={`${styles.over} ${names.length > 0 ? styles.speaking : ''}`}>
      <Mic size={16} aria-hidden='true' />
      <span>
        {names.length === 0
          ? 'Nobody speaks over it'
          : `${list.format(names)} ${verb} over it${on && levelDb < 0 ? ` · −${-levelDb} dB` : ''}`}
      </span>
    </p>
  )
}
