import { useState } from 'react'
import { findMicrophoneChoice, type MicrophoneChoice, type ShowRoom } from '../../../client/index.ts'
import { errorMessage } from '../errors.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { SelectField } from '../ui/select-field.tsx'
import { SwitchField } from '../ui/switch-field.tsx'
import { LevelMeter } from './level-meter.tsx'
import { useOwnMicrophone } from './own-microphone.ts'
import { useMicrophones } from './use-microphones.ts'
import styles from './microphone-dialog.module.css'

/** The value of a voice that is no microphone. */
const otherSource = 'other'

/** Changes the user's microphone while they are on stage. Each choice is heard at once, and muted people stay muted. */
export function MicrophoneDialog({ show, onClose }: { show: ShowRoom; onClose: () => void }) {
  const { view, change, resume } = useOwnMicrophone(show)
  const [error, setError] = useState<string | null>(null)
  const [isChanging, setChanging] = useState(false)
  const microphones = useMicrophones(show.voice)
  const { choice } = view
  // The list is empty until the browser has answered.
  const isMissing =
    microphones.length > 0 && !['', ...microphones.map(({ deviceId }) => deviceId)].includes(choice.deviceId)
  const isOtherSource = show.voice !== null && findMicrophoneChoice(show.voice) === undefined

  async function apply(next: MicrophoneChoice) {
    setError(null)
    setChanging(true)
    try {
      await change(next)
    } catch (error) {
      setError(errorMessage(error))
    } finally {
      setChanging(false)
    }
  }

  return (
    <Dialog title='Your microphone' isOpen onClose={onClose}>
      <SelectField
        label='Microphone'
        options={{
          ...(isOtherSource && { [otherSource]: 'Test tone or audio file' }),
          ...(isMissing && { [choice.deviceId]: 'Not connected' }),
          '': 'Default',
          ...Object.fromEntries(microphones.map(({ deviceId, label }) => [deviceId, label]))
        }}
        value={isOtherSource ? otherSource : choice.deviceId}
        onChange={deviceId => {
          if (deviceId !== otherSource) apply({ ...choice, deviceId })
        }}
      />
      <SwitchField
        label='Remove noise and echo'
        hint='Turn it off for instruments, and wear headphones.'
        isOn={choice.removesNoise}
        onChange={removesNoise => {
          apply({ ...choice, removesNoise })
        }}
      />
      {show.voice && (
        <div className={styles.level}>
          <LevelMeter track={show.voice} />
        </div>
      )}
      <p role='status' className={styles.status}>
        {statusText(isChanging, view.state)}
      </p>
      {error && (
        <p role='alert' className={styles.error}>
          {error}
        </p>
      )}
      <DialogButtons>
        {view.state === 'lost' && (
          <AsyncButton variant='primary' onPress={resume}>
            Use this microphone
          </AsyncButton>
        )}
        <AsyncButton onPress={onClose}>Close</AsyncButton>
      </DialogButtons>
    </Dialog>
  )
}

function statusText(isChanging: boolean, state: 'off' | 'opening' | 'on' | 'lost'): string {
  if (isChanging || state === 'opening') return 'Opening the microphone…'
  return state === 'on' ? 'This microphone is on.' : 'Choose a microphone to be heard.'
}
