import { useEffect } from 'react'
import type { Replay } from '../../../client/index.ts'
import { backMs, forwardMs, type ReplayPlayer } from './replay-player.ts'
import { usePlayback, usePosition } from './use-player.ts'

/** Connects a replay to the system's media controls: headphones, lock screen, and media keys. */
export function useReplayMediaSession(player: ReplayPlayer, { title, creator, durationMs }: Replay): void {
  const { displayName, avatarUrl } = creator
  useEffect(() => {
    if (!('mediaSession' in navigator)) return
    navigator.mediaSession.metadata = new MediaMetadata({
      title,
      artist: displayName,
      ...(avatarUrl !== null && { artwork: [{ src: avatarUrl }] })
    })
    const handlers: [MediaSessionAction, MediaSessionActionHandler][] = [
      ['play', async () => await player.play()],
      ['pause', () => player.pause()],
      ['seekbackward', ({ seekOffset }) => player.skip(seekOffset ? -seekOffset * 1000 : -backMs)],
      ['seekforward', ({ seekOffset }) => player.skip(seekOffset ? seekOffset * 1000 : forwardMs)],
      ['seekto', ({ seekTime }) => player.seek((seekTime ?? 0) * 1000)]
    ]
    for (const [action, handler] of handlers) navigator.mediaSession.setActionHandler(action, handler)
    return () => {
      navigator.mediaSession.metadata = null
      for (const [action] of handlers) navigator.mediaSession.setActionHandler(action, null)
    }
  }, [player, title, displayName, avatarUrl])

  const rate = usePlayback(player, view => view.rate)
  const positionMs = usePosition(player, 1000)
  useEffect(() => {
    if (durationMs <= 0) return
    navigator.mediaSession?.setPositionState({
      duration: durationMs / 1000,
      playbackRate: rate,
      position: Math.min(positionMs, durationMs) / 1000
    })
  }, [durationMs, rate, positionMs])
}
