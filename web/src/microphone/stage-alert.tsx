import { MicOff } from 'lucide-react'
import type { ShowRoom } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { problemTexts } from './microphone-texts.ts'
import { useOwnMicrophone } from './own-microphone.ts'
import styles from './stage-alert.module.css'

/** Tells people on stage, loudly, that nobody hears them, why, and brings their voice back. */
export function StageAlert({ show }: { show: ShowRoom }) {
  const { view, resume } = useOwnMicrophone(show)
  if (view.state !== 'lost' || view.problem === null) return null
  return (
    <div className={styles.alert}>
      <MicOff size={28} aria-hidden='true' />
      <p role='alert' className={styles.text}>
        <strong>Nobody hears you.</strong> {problemTexts[view.problem]}
      </p>
      <AsyncButton variant='primary' onPress={resume}>
        Resume
      </AsyncButton>
    </div>
  )
}
