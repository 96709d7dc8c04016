import type { ReactNode } from 'react'
import { AsyncButton } from '../ui/async-button.tsx'
import { obstacleTexts } from './microphone-texts.ts'
import { useSpeakingObstacle } from './use-speaking-obstacle.ts'
import styles from './speaking-gate.module.css'

interface SpeakingGateProps {
  /** Whether the SDK found that this browser has no WebRTC that works. */
  isMediaSupported: boolean
  /** Closes what contains the gate. */
  onDismiss?: () => void
  /** The way to speaking, for example a button. */
  children: ReactNode
}

/** Shows what leads to speaking. Where this page cannot send a voice, says so instead, and what the user can do. */
export function SpeakingGate({ isMediaSupported, onDismiss, children }: SpeakingGateProps) {
  const found = useSpeakingObstacle()
  if (found === null) return null
  const obstacle = found ?? (isMediaSupported ? undefined : 'noWebRtc')
  if (obstacle === undefined) return children
  return (
    <div className={styles.obstacle}>
      <p role='alert'>{obstacleTexts[obstacle]}</p>
      {onDismiss && <AsyncButton onPress={onDismiss}>Close</AsyncButton>}
    </div>
  )
}
