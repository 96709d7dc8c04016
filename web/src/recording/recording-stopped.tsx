import styles from './recording.module.css'

const reasons = {
  full: 'The recording has stopped: the server has no space left. The show goes on.',
  quota: 'The recording has stopped: the creator’s space for recordings is used up. The show goes on.'
} as const

/** Tells hosts why the recording stopped by itself. */
export function RecordingStopped({ reason }: { reason: keyof typeof reasons }) {
  return (
    <p role='alert' className={styles.stopped}>
      {reasons[reason]}
    </p>
  )
}
