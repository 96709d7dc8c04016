import type { Clock } from './clock.ts'

/**
 * The reason why a microphone that is sent picks up nothing: it has ended, or the system keeps it silent, as during a
 * call.
 */
export type MicrophoneFault = 'ended' | 'silenced'

/** Systems silence microphones for a moment when the sound changes to other loudspeakers. */
const silencedAfterMs = 3000

/**
 * Watches the track of a microphone. Calls back when it ends, when the system has kept it silent for three seconds, and
 * with null when the system lets it be heard again. Returns a function that stops that.
 */
export function watchTrack(
  track: MediaStreamTrack,
  clock: Pick<Clock, 'after'>,
  onFault: (fault: MicrophoneFault | null) => void
): () => void {
  let cancelTimer: (() => void) | undefined
  const onMute = () => {
    cancelTimer?.()
    cancelTimer = clock.after(silencedAfterMs, () => onFault('silenced'))
  }
  const onUnmute = () => {
    cancelTimer?.()
    if (track.readyState === 'live') onFault(null)
  }
  const onEnded = () => {
    cancelTimer?.()
    onFault('ended')
  }
  track.addEventListener('mute', onMute)
  track.addEventListener('unmute', onUnmute)
  track.addEventListener('ended', onEnded)
  if (track.readyState === 'ended') onEnded()
  else if (track.muted) onMute()
  return () => {
    cancelTimer?.()
    track.removeEventListener('mute', onMute)
    track.removeEventListener('unmute', onUnmute)
    track.removeEventListener('ended', onEnded)
  }
}
