import { Circle, Square } from 'lucide-react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import styles from './recording.module.css'

/** The button with which hosts start and stop the recording. */
export function RecordingButton({ view, room }: { view: RoomView; room: ShowRoom }) {
  const isRecording = view.room?.recording !== undefined
  const Icon = isRecording ? Square : Circle
  return (
    <AsyncButton variant='quiet' onPress={async () => await room.setRecording(!isRecording)}>
      <Icon size={18} aria-hidden='true' className={styles.icon} />
      <span className={styles.label}>{isRecording ? 'Stop recording' : 'Record'}</span>
    </AsyncButton>
  )
}
