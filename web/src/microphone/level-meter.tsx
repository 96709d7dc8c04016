import { useEffect, useRef, type ReactNode } from 'react'
import styles from './level-meter.module.css'

const quietestDb = -60
/** So loud is a voice and not a quiet room: −36 dB. */
const voiceFrom = 0.4

interface LevelMeterProps {
  track: MediaStreamTrack
  /** Something like a voice came from it. */
  onVoice?: () => void
  /** Stands above the bar, and may move with it by `--level`, 0 to 1. */
  children?: ReactNode
}

/** Moves with the loudness of a track. For the eye only: the words beside it say whether it is on. */
export function LevelMeter ({ track, onVoice, children }: LevelMeterProps) {
  const place = useRef<HTMLSpanElement>(null)
  const told = useRef(onVoice)
  useEffect(() => { told.current = onVoice })
  useEffect(() => {
    const context = new AudioContext()
    const analyser = new AnalyserNode(context, { fftSize: 1024 })
    new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) }).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    let frame = requestAnimationFrame(function draw () {
      analyser.getFloatTimeDomainData(samples)
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
      const loudness = Math.max(0, 1 - 10 * Math.log10(power + 1e-9) / quietestDb)
      place.current?.style.setProperty('--level', loudness.toFixed(3))
      if (loudness > voiceFrom) told.current?.()
      frame = requestAnimationFrame(draw)
    })
    return () => {
      cancelAnimationFrame(frame)
      context.close()
    }
  }, [track])
  return <span ref={place} className={styles.level} aria-hidden='true'>{children}<span className={styles.meter}><span className={styles.bar} /></span></span>
}
