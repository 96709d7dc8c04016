import { useEffect, useRef } from 'react'
import styles from './level-meter.module.css'

const quietestDb = -60

/** Moves with the loudness of a track. For the eye only: the words beside it say whether it is on. */
export function LevelMeter ({ track }: { track: MediaStreamTrack }) {
  const bar = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const context = new AudioContext()
    const analyser = new AnalyserNode(context, { fftSize: 1024 })
    new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) }).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    let frame = requestAnimationFrame(function draw () {
      analyser.getFloatTimeDomainData(samples)
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
      const loudness = Math.max(0, 1 - 10 * Math.log10(power + 1e-9) / quietestDb)
      bar.current?.style.setProperty('--level', loudness.toFixed(3))
      frame = requestAnimationFrame(draw)
    })
    return () => {
      cancelAnimationFrame(frame)
      context.close()
    }
  }, [track])
  return <span className={styles.meter} aria-hidden='true'><span ref={bar} className={styles.bar} /></span>
}
