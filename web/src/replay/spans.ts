import type { Replay } from '../../../client/index.ts'

/** A part of a replay, ms from its beginning. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** Silence of this length is skipped, except for the pause that stays at each of its ends. */
const minSilenceMs = 1500
const pauseMs = 300

/** Returns the silent parts of a replay that are worth skipping: nobody speaks, and no song or card is there. */
export function silencesOf({
  durationMs,
  speakers,
  items
}: Pick<Replay, 'durationMs' | 'speakers' | 'items'>): readonly Span[] {
  const sounds = [
    ...speakers.flatMap(({ spans }) => spans.map(([fromMs, toMs]) => ({ fromMs, toMs }))),
    ...items.map(({ atMs, durationMs }) => ({ fromMs: atMs, toMs: atMs + durationMs }))
  ].toSorted((a, b) => a.fromMs - b.fromMs)

  const silences: Span[] = []
  let soundEndMs = 0
  for (const { fromMs, toMs } of [...sounds, { fromMs: durationMs, toMs: durationMs }]) {
    if (fromMs - soundEndMs >= minSilenceMs) silences.push({ fromMs: soundEndMs + pauseMs, toMs: fromMs - pauseMs })
    soundEndMs = Math.max(soundEndMs, toMs)
  }
  return silences
}

/** Returns the first of some spans, sorted by time, that contains a place. */
export function findSpanAt(spans: readonly Span[], ms: number): Span | undefined {
  return spans.find(({ fromMs, toMs }) => ms >= fromMs && ms < toMs)
}

/** Whether a person speaks at a place. */
export function isSpeakingAt(spans: readonly (readonly [number, number])[], ms: number): boolean {
  return spans.some(([fromMs, toMs]) => ms >= fromMs && ms < toMs)
}
