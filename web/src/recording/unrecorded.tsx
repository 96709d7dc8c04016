import type { RoomView } from '../../../client/index.ts'
import styles from './recording.module.css'

const list = new Intl.ListFormat('en')

/** Tells hosts which speakers are not being recorded at this moment. */
export function Unrecorded({ view: { me, room } }: { view: RoomView }) {
  const unrecordedIds = room?.unrecordedIds ?? []
  const names = (room?.stage ?? [])
    .filter(({ userId }) => unrecordedIds.includes(userId))
    .map(({ userId, displayName }) => (userId === me.userId ? 'You' : displayName))
  if (names.length === 0) return null
  const verb = names.length === 1 && names[0] !== 'You' ? 'is' : 'are'
  return (
    <p role='alert' className={styles.stopped}>
      {`${list.format(names)} ${verb} not being recorded right now. Trying again.`}
    </p>
  )
}
