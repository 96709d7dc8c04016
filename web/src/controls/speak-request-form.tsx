import { useId, useState } from 'react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { formatCharactersLeft, textLength } from '../format/text-length.ts'
import { SpeakingGate } from '../microphone/speaking-gate.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { isComposing } from '../ui/is-composing.ts'
import styles from './speak-request-form.module.css'

/** Maximum length of a reason in characters, as in contract/text.ts. */
const maxLength = 140
/** The number of remaining characters from which on it is shown. */
const showLeftFrom = 30

interface SpeakRequestFormProps {
  view: RoomView
  show: ShowRoom
  onClose: () => void
}

/**
 * Sends a request to speak, with an optional reason that helps the hosts to decide. Where this page cannot send a
 * voice, says so first: hosts are not asked in vain.
 */
export function SpeakRequestForm({ view, show, onClose }: SpeakRequestFormProps) {
  const [reason, setReason] = useState('')
  const hintId = useId()
  const left = maxLength - textLength(reason)
  return (
    <form
      className={styles.form}
      onSubmit={event => event.preventDefault()}
      onKeyDown={event => {
        if (event.key === 'Escape' && !isComposing(event.nativeEvent)) onClose()
      }}
    >
      <SpeakingGate isMediaSupported={view.isMediaSupported} onDismiss={onClose}>
        <label className={styles.field}>
          <span>
            What’s it about? <span className={styles.hint}>Optional</span>
          </span>
          <input
            className={styles.input}
            value={reason}
            onChange={event => setReason(event.target.value)}
            enterKeyHint='send'
            autoComplete='off'
            aria-describedby={hintId}
            aria-invalid={left < 0}
          />
        </label>
        <div className={styles.buttons}>
          <AsyncButton
            variant='primary'
            type='submit'
            isDisabled={left < 0}
            onPress={async () => await show.requestFloor(reason.trim())}
          >
            Send request
          </AsyncButton>
          <AsyncButton variant='quiet' onPress={onClose}>
            Cancel
          </AsyncButton>
          <span id={hintId} className={left < 0 ? styles.overLimit : styles.hint}>
            {left <= showLeftFrom ? formatCharactersLeft(left) : ''}
          </span>
        </div>
      </SpeakingGate>
    </form>
  )
}
