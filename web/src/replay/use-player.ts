import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { Replay } from '../../../client/index.ts'
import type { ReplayState } from './use-replay.ts'
import { findPosition, rememberPosition } from './positions.ts'
import { ReplayPlayer, type ReplayPlayback } from './replay-player.ts'
import { silencesOf } from './spans.ts'
import { findLinkedPlace } from './time-link.ts'

/** The place is remembered this often while a replay plays. */
const rememberMs = 5000

/**
 * Returns the player of a replay. It starts at the place of the link, or where this browser stopped last time, and goes
 * on after the addresses of an unpublished replay have ended.
 */
export function usePlayer(replay: Replay, reload: ReplayState['reload']): ReplayPlayer {
  const { showId, audio, durationMs } = replay
  const [player] = useState(() => {
    const element = new Audio()
    element.preload = 'metadata'
    return new ReplayPlayer(element)
  })
  useEffect(() => {
    player.renew = async () => (await reload())?.audio ?? []
  }, [player, reload])
  const isLoaded = useRef(false)
  const silences = useMemo(() => silencesOf(replay), [replay])
  // A changed replay has other files, and an unpublished one other tickets: both are other addresses.
  const addresses = audio.map(({ url }) => url).join(' ')
  useEffect(() => {
    const { isPlaying, positionMs } = player.view
    const startMs = findLinkedPlace(window.location.search) ?? findPosition(showId) ?? 0
    player.load(audio, durationMs, silences, isLoaded.current ? positionMs : startMs)
    if (isLoaded.current && isPlaying) player.play()
    isLoaded.current = true
  }, [player, showId, addresses, durationMs])

  useEffect(() => {
    const startMs = player.view.positionMs
    const remember = () => {
      if (player.view.positionMs !== startMs) rememberPosition(showId, player.view.positionMs, durationMs)
    }
    const timer = setInterval(() => {
      if (player.view.isPlaying) remember()
    }, rememberMs)
    window.addEventListener('pagehide', remember)
    return () => {
      clearInterval(timer)
      window.removeEventListener('pagehide', remember)
      remember()
    }
  }, [player, showId, durationMs])
  useEffect(
    () => () => {
      player.stop()
      isLoaded.current = false
    },
    [player]
  )
  return player
}

/** Returns a part of the playback, and renders again only when it changes. */
export function usePlayback<T extends string | number | boolean | null>(
  player: ReplayPlayer,
  select: (view: ReplayPlayback) => T
): T {
  return useSyncExternalStore(player.subscribe, () => select(player.view))
}

/** Returns the position in steps. */
export function usePosition(player: ReplayPlayer, stepMs: number): number {
  return usePlayback(player, ({ positionMs }) => Math.floor(positionMs / stepMs) * stepMs)
}
