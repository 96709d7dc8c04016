import { MicOff } from 'lucide-react'
import { isHost } from '../../../contract/room.ts'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import styles from './host-tools.module.css'

/** The button that mutes everybody on stage except hosts; nothing while fewer than two of them can be heard. */
export function MuteAllButton({ view: { room: state }, room }: { view: RoomView; room: ShowRoom }) {
  const heard = state?.stage.filter(({ userId, muted }) => !muted && !isHost(state, userId)) ?? []
  if (heard.length < 2) return null
  return (
    <AsyncButton variant='quiet' onPress={async () => await room.muteAll()}>
      <MicOff size={18} aria-hidden='true' />
      <span className={styles.label}>Mute all</span>
    </AsyncButton>
  )
}
