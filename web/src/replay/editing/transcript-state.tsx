import { useEffect, useState } from 'react'
import type { Transcript } from '../../../../client/index.ts'
import { ambient } from '../../ambient.ts'
import { AsyncButton } from '../../ui/async-button.tsx'
import styles from './replay-editing.module.css'

/** The state of a transcript that is not there yet. Shown to hosts only; left out where nobody makes one. */
export function TranscriptState({ showId }: { showId: string }) {
  const [transcript, setTranscript] = useState<Transcript | null>(null)
  useEffect(() => {
    let isCurrent = true
    ambient.transcripts.get(showId).then(
      loaded => {
        if (isCurrent) setTranscript(loaded)
      },
      () => {}
    )
    return () => {
      isCurrent = false
    }
  }, [showId])

  if (transcript?.status === 'waiting') return <p className={styles.state}>The transcript is being made.</p>
  if (transcript?.status !== 'failed') return null
  return (
    <div className={styles.transcript}>
      <p className={styles.state}>The transcript failed{transcript.reason ? `: ${transcript.reason}` : '.'}</p>
      <AsyncButton onPress={async () => setTranscript(await ambient.transcripts.request(showId))}>
        Try the transcript again
      </AsyncButton>
    </div>
  )
}
