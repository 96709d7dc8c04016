import type { Transcript } from '../../../../client/index.ts'
import { ambient } from '../../ambient.ts'
import { AsyncButton } from '../../ui/async-button.tsx'
import type { Loaded } from '../../ui/use-loaded.ts'
import styles from './replay-editing.module.css'

/** The state of a transcript that is not there yet. Shown to hosts only; left out where nobody makes one. */
export function TranscriptState({ transcript: [transcript, setTranscript] }: { transcript: Loaded<Transcript> }) {
  if (transcript?.status === 'waiting') return <p className={styles.state}>The transcript is being made.</p>
  if (transcript?.status !== 'failed') return null
  const { showId, reason } = transcript
  return (
    <div className={styles.transcript}>
      <p className={styles.state}>The transcript failed{reason ? `: ${reason}` : '.'}</p>
      <AsyncButton onPress={async () => setTranscript(await ambient.transcripts.request(showId))}>
        Try the transcript again
      </AsyncButton>
    </div>
  )
}
