import { TrendingDown, TrendingUp } from 'lucide-react'
import type { Playback, RoomView, ShowRoom } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'

/** Duration of a fade that a host orders in a show whose songs do not fade by themselves. */
const defaultFadeMs = 5000

/** Whether the song that plays is fading out for a host. */
function isFadingOut({ status, fade }: Playback): boolean {
  return status === 'playing' && fade?.then !== undefined
}

/** Fades the song out and pauses it; during a fade-out, lets it play on. One button for both, so it keeps the focus. */
export function FadeButton({ room, state }: { room: ShowRoom; state: NonNullable<RoomView['room']> }) {
  const { playback, settings } = state
  const isFading = isFadingOut(playback)
  const fadeMs = settings.songFadeMs || defaultFadeMs
  return (
    <AsyncButton
      isDisabled={playback.status !== 'playing'}
      onPress={async () => (isFading ? await room.play() : await room.pause(fadeMs))}
    >
      {isFading ? <TrendingUp size={18} aria-hidden='true' /> : <TrendingDown size={18} aria-hidden='true' />}
      {isFading ? 'Keep playing' : 'Fade out'}
    </AsyncButton>
  )
}

const afterFade = {
  pause: 'Fading out, then it pauses.',
  next: 'Fading out, then the next one plays.',
  stop: 'Fading out, then the music stops.'
} as const

/** Says to hosts that the song fades out, and what follows. */
export function FadeStatus({ playback }: { playback: Playback }) {
  return <span role='status'>{isFadingOut(playback) && playback.fade?.then ? afterFade[playback.fade.then] : ''}</span>
}
