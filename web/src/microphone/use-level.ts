import { useEffect, useRef, type RefObject } from 'react'

const quietestDb = -60
/** So loud is a voice and not a quiet room: −36 dB. */
const voiceFrom = 0.4

/** Keeps `--level` of a place at the loudness of a track, 0 to 1. `onVoice`: something like a voice came from it. */
export function useLevel(
  track: MediaStreamTrack | null,
  place: RefObject<HTMLElement | null>,
  onVoice?: () => void
): void {
  const told = useRef(onVoice)
  useEffect(() => {
    told.current = onVoice
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
      const loudness = Math.max(0, 1 - (10 * Math.log10(power + 1e-9)) / quietestDb)
      place.current?.style.setProperty('--level', loudness.toFixed(3))
      if (loudness > voiceFrom) told.current?.()
      frame = requestAnimationFrame(draw)
    })
    return () => {
      cancelAnimationFrame(frame)
      context.close()
    }
  }, [track, place])
}
