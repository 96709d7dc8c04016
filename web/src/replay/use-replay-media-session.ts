import { useEffect } from 'react'
import type { Replay } from '../../../client/index.ts'
import { useMediaControls } from '../media-session/use-media-controls.ts'
import { backMs, forwardMs, type ReplayPlayer } from './replay-player.ts'
import { usePlayback, usePosition } from './use-player.ts'

/** Connects a replay to the system's media controls: headphones, lock screen, and media keys. */
export function useReplayMediaSession(player: ReplayPlayer, { title, coverUrl, creator, durationMs }: Replay): void {
  const controls = useMediaControls()
  const { displayName, avatarUrl } = creator
  const pictureUrl = coverUrl ?? avatarUrl
  useEffect(() => {
    controls.current?.update({
      metadata: { title, artist: displayName, ...(pictureUrl !== null && { artwork: [{ src: pictureUrl }] }) },
      handlers: {
        play: async () => await player.play(),
        pause: () => player.pause(),
        seekbackward: ({ seekOffset }) => player.skip(seekOffset ? -seekOffset * 1000 : -backMs),
        seekforward: ({ seekOffset }) => player.skip(seekOffset ? seekOffset * 1000 : forwardMs),
        seekto: ({ seekTime }) => player.seek((seekTime ?? 0) * 1000)
      }
    })
  }, [controls, player, title, displayName, pictureUrl])

  const isPlaying = usePlayback(player, view => view.isPlaying)
  useEffect(() => {
    // A show in the background may have taken them since the page was opened.
    if (isPlaying) controls.current?.raise()
  }, [controls, isPlaying])

  const rate = usePlayback(player, view => view.rate)
  const positionMs = usePosition(player, 1000)
  useEffect(() => {
    if (durationMs <= 0) return
    controls.current?.update({
      position: {
        duration: durationMs / 1000,
        playbackRate: rate,
        position: Math.min(positionMs, durationMs) / 1000
      }
    })
  }, [controls, durationMs, rate, positionMs])
}
