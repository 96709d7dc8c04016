import type { SoundKind } from '../../client/index.ts'

const key = 'ambient:volumes'

/** The volume of one kind of sound, 0 to 1. The level is kept while the sound is muted. */
export interface StoredVolume {
  readonly level: number
  readonly isMuted: boolean
}
export type StoredVolumes = Readonly<Record<SoundKind, StoredVolume>>

export const effectiveLevel = ({ level, isMuted }: StoredVolume): number => (isMuted ? 0 : level)

/** Returns the volumes last saved in this browser; full volume when there are none. */
export function readVolumes(): StoredVolumes {
  const stored = parse(localStorage.getItem(key))
  return { song: normalize(stored.song), voice: normalize(stored.voice) }
}

export function saveVolumes(volumes: StoredVolumes): void {
  localStorage.setItem(key, JSON.stringify(volumes))
}

function parse(text: string | null): Partial<Record<SoundKind, Partial<StoredVolume>>> {
  try {
    return JSON.parse(text ?? '') ?? {}
  } catch {
    return {}
  }
}

function normalize({ level, isMuted }: Partial<StoredVolume> = {}): StoredVolume {
  return { level: typeof level === 'number' && level >= 0 && level <= 1 ? level : 1, isMuted: isMuted === true }
}
