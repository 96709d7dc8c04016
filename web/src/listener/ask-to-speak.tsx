import { useId, useState } from 'react'
import { countGraphemes, type ShowRoom } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
import styles from './ask-to-speak.module.css'

/** As the server measures: contract/text.ts. */
const longest = 140
/** From here on one is told how much room is left. */
const tellLeft = 30

/** Asks to speak, with a word why for the hosts, who decide by it; one who has nothing to add leaves it out. */
export function AskToSpeak({ show, onClose }: { show: ShowRoom; onClose: () => void }) {
  const [reason, setReason] = useState('')
  const hint = useId()
  const left = longest - countGraphemes(reason.trim())
  return (
    <form
      className={styles.ask}
      onSubmit={event => event.preventDefault()}
      onKeyDown={event => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <label className={styles.field}>
        <span>
          What is it about? <span className={styles.soft}>You can leave it out.</span>
        </span>
        <input
          className={styles.entry}
          value={reason}
          onChange={event => setReason(event.target.value)}
          enterKeyHint='send'
          autoComplete='off'
          aria-describedby={hint}
          aria-invalid={left < 0}
        />
      </label>
      <div className={styles.buttons}>
        <Action
          kind='main'
          type='submit'
          isDisabled={left < 0}
          onPress={async () => await show.requestFloor(reason.trim())}
        >
          Ask
        </Action>
        <Action kind='quiet' onPress={onClose}>
          Not now
        </Action>
        <span id={hint} className={left < 0 ? styles.over : styles.soft}>
          {hintOf(left)}
        </span>
      </div>
    </form>
  )
}

function hintOf(left: number): string {
  if (left < 0) return `${-left} too many`
  return left <= tellLeft ? `${left} left` : ''
}
