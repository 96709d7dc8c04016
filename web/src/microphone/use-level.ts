import { useEffect, useRef, type RefObject } from 'react'

/** Power shown as silence, dB. */
const minPowerDb = -60
/** Loudness above that of a quiet room: −36 dB. */
const minVoiceLoudness = 0.4

/**
 * Sets the CSS property `--level` of an element to the loudness of a track, 0 to 1.
 * @param onVoice called while the track is as loud as a voice
 */
export function useLevel(
  track: MediaStreamTrack | null,
  target: RefObject<HTMLElement | null>,
  onVoice?: () => void
): void {
  const latestOnVoice = useRef(onVoice)
  useEffect(() => {
    latestOnVoice.current = onVoice
  })
  useEffect(() => {
    if (!track) return
    const context = new AudioContext()
    const analyser = new AnalyserNode(context, { fftSize: 1024 })
    new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) }).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    let frame = requestAnimationFrame(function draw() {
      analyser.getFloatTimeDomainData(samples)
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
      const loudness = Math.max(0, 1 - (10 * Math.log10(power + 1e-9)) / minPowerDb)
      target.current?.style.setProperty('--level', loudness.toFixed(3))
      if (loudness > minVoiceLoudness) latestOnVoice.current?.()
      frame = requestAnimationFrame(draw)
    })
    return () => {
      cancelAnimationFrame(frame)
      context.close()
    }
  }, [track, target])
}
