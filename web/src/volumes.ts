import type { SoundKind } from '../../client/index.ts'

const key = 'ambient:volumes'

/** How loud somebody wants one kind of sound: its level stays known while it is muted. */
export interface Level {
  readonly level: number
  readonly isMuted: boolean
}
export type Levels = Readonly<Record<SoundKind, Level>>

export const audible = ({ level, isMuted }: Level): number => (isMuted ? 0 : level)

/** As it was left in this browser; full where it never was. */
export function keptLevels(): Levels {
  const kept = parsed(localStorage.getItem(key))
  return { song: levelOf(kept.song), voice: levelOf(kept.voice) }
}

export function keepLevels(levels: Levels): void {
  localStorage.setItem(key, JSON.stringify(levels))
}

function parsed(text: string | null): Partial<Record<SoundKind, Partial<Level>>> {
  try {
    return JSON.parse(text ?? '') ?? {}
  } catch {
    return {}
  }
}

function levelOf({ level, isMuted }: Partial<Level> = {}): Level {
  return { level: typeof level === 'number' && level >= 0 && level <= 1 ? level : 1, isMuted: isMuted === true }
}
