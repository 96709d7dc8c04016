import { useState } from 'react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import styles from './recording.module.css'

/**
 * Tells people on stage that a recording has started, and lets them leave the stage. Those who came on stage while it
 * was on were told before.
 */
export function RecordingStarted({ view: { me, room }, show }: { view: RoomView; show: ShowRoom }) {
  const recording = room?.recording
  const [toldOf, setToldOf] = useState(recording?.startedAt)
  if (!recording || recording.startedAt === toldOf || recording.by === me.userId) return null
  return (
    <div className={styles.started} role='group' aria-label='Recording'>
      <span>This show is being recorded now, and your voice too.</span>
      <AsyncButton onPress={() => setToldOf(recording.startedAt)}>OK</AsyncButton>
      {me.role !== 'creator' && (
        <AsyncButton variant='quiet' onPress={async () => await show.stepDown()}>
          Leave the stage
        </AsyncButton>
      )}
    </div>
  )
}
