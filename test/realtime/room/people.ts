import type { PlaylistItem } from '../../../contract/playback.ts'
import { defaultSettings, type ShowSettings } from '../../../contract/settings.ts'
import type { RoomLimits } from '../../../realtime/room/server-room-state.ts'
import type { ShowFacts } from '../../../realtime/room/opening-state.ts'

export const creator = 'creator'
export const guest = 'guest'
/** A user who is banned more often than others. */
export const troll = 'troll'
/** A user who never joins the show. */
export const outsider = 'outsider'
/** Users who are made co-hosts more often than others. */
export const candidates = ['candidate1', 'candidate2'] as const
export const listeners = ['listener1', 'listener2', 'listener3', 'listener4'] as const

/** Everybody who may join the show. */
export const visitors: readonly string[] = [creator, ...candidates, ...listeners, guest, troll]
export const everybody: readonly string[] = [...visitors, outsider]

/** A person as the show's members see them. */
export function profile(userId: string): {
  userId: string
  displayName: string
  avatarUrl: string | null
  guest: boolean
} {
  return {
    userId,
    displayName: `Name of ${userId}`,
    avatarUrl: userId === creator ? '/avatars/creator' : null,
    guest: userId === guest
  }
}

/** Small limits, so that grace periods end and queues fill up within a few steps. */
export const limits: RoomLimits = { creatorGraceMs: 3000, speakerGraceMs: 1000, queueSize: 2 }

/**
 * Items of a playlist, tracks and songs in turn. The third is unavailable; the fourth is shorter than the minimum of
 * 250 ms.
 */
export const playlistItems: readonly PlaylistItem[] = [1, 2, 3, 4].map(n => ({
  id: `item${n}`,
  ...(n % 2 === 0 ? { kind: 'song', songId: `song${n}` } : { kind: 'spotify', trackId: `track${n}` }),
  title: `Item ${n}`,
  artists: [],
  album: null,
  durationMs: n === 4 ? 100 : 400 + 100 * n,
  artworkUrl: null,
  link: null,
  available: n !== 3
}))

/** A show of the creator with this number of seats for speakers. `record`: its recording starts with it. */
export function showWith(maxSpeakers: number, record = false): ShowFacts {
  const { userId: id, displayName, avatarUrl } = profile(creator)
  return {
    id: 'show',
    creator: { id, displayName, avatarUrl },
    title: 'First title',
    description: '',
    settings: settingsWith({ maxSpeakers, ...(record && { record }) }),
    version: 1,
    playlist: { version: 1, items: playlistItems.slice(0, 3) }
  }
}

/** The default settings with some changed. */
export function settingsWith(changed: Partial<ShowSettings>): ShowSettings {
  return { ...defaultSettings, ...changed }
}
