import type { Spell } from '../peer-program.ts'

/** Length of the scripted show, s. */
export const showSeconds = 20

/** When the song plays, ms from the start. Nobody talks then. */
export const songSpell: Spell = { from: 8000, to: 13_000 }

/**
 * When each of the five speakers talks, ms from the start: they take turns, with overlaps of half a second and pauses.
 * Between their turns, their microphones stay open.
 */
export const speakerSpells: readonly (readonly Spell[])[] = [
  [
    { from: 0, to: 2800 },
    { from: 18_400, to: 19_800 }
  ],
  [{ from: 2300, to: 4200 }],
  [
    { from: 4600, to: 6000 },
    { from: 13_400, to: 14_600 }
  ],
  [{ from: 5500, to: 7700 }],
  [{ from: 14_900, to: 18_000 }]
]

/** Returns the share of the time in which nobody talks, in which one person talks, and in which more than one talks. */
export function sharesOf(
  spells: readonly (readonly Spell[])[],
  durationMs: number
): { none: number; one: number; more: number } {
  const stepMs = 20
  const counts = { none: 0, one: 0, more: 0 }
  const steps = durationMs / stepMs
  for (let step = 0; step < steps; step++) {
    const at = step * stepMs
    const talking = spells.filter(own => own.some(({ from, to }) => at >= from && at < to)).length
    counts[talking === 0 ? 'none' : talking === 1 ? 'one' : 'more']++
  }
  return { none: counts.none / steps, one: counts.one / steps, more: counts.more / steps }
}
