import { samplesPerMs } from '../../../../media/player/opus-packet.ts'
import type { StoredStint } from '../../recordings/stored-recordings.ts'

type Mark = StoredStint['marks'][number]

/**
 * A part of a stint whose sound card ran evenly: sample `fromSample` was heard at server time `atMs`, and each further
 * one `msPerSample` later. The next part begins at `toSample`.
 */
export interface ClockPart {
  readonly fromSample: number
  readonly toSample: number
  readonly atMs: number
  readonly msPerSample: number
}

const evenMsPerSample = 1 / samplesPerMs
/** A mark that is further off than this from the one before says that the clock was stopped: the parts do not join. */
const maxStepMs = 80
/** Marks within this time of each other are fitted by one line: single ones have the jitter of the network. */
const fitSamples = 60_000 * samplesPerMs
/** Marks of a shorter time say nothing about the speed of a clock. */
const minFitSamples = 20_000 * samplesPerMs
/** A sound card is not further off than this. */
const maxDrift = 500e-6

/** Returns the parts of a stint by its marks, in the order of samples. The last one has no end. */
export function clockOf(marks: readonly Mark[]): ClockPart[] {
  const parts: ClockPart[] = []
  for (const run of evenRuns(marks.toSorted((a, b) => a.samples - b.samples))) {
    const knots = run.map(mark => fitted(mark, run))
    for (const [n, knot] of knots.entries()) {
      const next = knots[n + 1]
      if (next) parts.push(partBetween(knot, next))
    }
    // All marks of the run say more about the speed after the last one than those just before it.
    parts.push(endless(knots.at(-1), speedOf(run)))
  }
  return joined(parts)
}

/** Returns the server time of a sample. */
export function timeOfSample(parts: readonly ClockPart[], sample: number): number {
  const part = parts.findLast(({ fromSample }) => fromSample <= sample) ?? parts[0]
  return part ? part.atMs + (sample - part.fromSample) * part.msPerSample : 0
}

/** Splits marks where the clock was stopped. Marks of the same sample are taken once. */
function evenRuns(marks: readonly Mark[]): Mark[][] {
  const runs: Mark[][] = []
  for (const mark of marks) {
    const before = runs.at(-1)?.at(-1)
    if (before?.samples === mark.samples) continue
    const stepMs = before ? mark.atMs - before.atMs - (mark.samples - before.samples) / samplesPerMs : Infinity
    if (Math.abs(stepMs) > maxStepMs) runs.push([mark])
    else runs.at(-1)?.push(mark)
  }
  return runs
}

/** Returns the mark on the line that fits the marks around it best. */
function fitted({ samples }: Mark, run: readonly Mark[]): Mark {
  const near = run.filter(mark => Math.abs(mark.samples - samples) <= fitSamples)
  const middle = middleOf(near)
  return { samples, atMs: middle.atMs + (samples - middle.samples) * speedOf(near) }
}

/** Returns the slope of the line that fits marks best, ms per sample. */
function speedOf(marks: readonly Mark[]): number {
  const spanned = (marks.at(-1)?.samples ?? 0) - (marks[0]?.samples ?? 0)
  if (spanned < minFitSamples) return evenMsPerSample
  const middle = middleOf(marks)
  const spread = meanOf(marks, mark => (mark.samples - middle.samples) ** 2)
  return bounded(meanOf(marks, mark => (mark.samples - middle.samples) * (mark.atMs - middle.atMs)) / spread)
}

function middleOf(marks: readonly Mark[]): Mark {
  return { samples: meanOf(marks, mark => mark.samples), atMs: meanOf(marks, mark => mark.atMs) }
}

function meanOf(marks: readonly Mark[], valueOf: (mark: Mark) => number): number {
  return marks.reduce((sum, mark) => sum + valueOf(mark), 0) / marks.length
}

function bounded(msPerSample: number): number {
  return Math.min(evenMsPerSample * (1 + maxDrift), Math.max(evenMsPerSample * (1 - maxDrift), msPerSample))
}

function partBetween(one: Mark, next: Mark): ClockPart {
  const msPerSample = (next.atMs - one.atMs) / (next.samples - one.samples)
  return { fromSample: one.samples, toSample: next.samples, atMs: one.atMs, msPerSample }
}

function endless({ samples, atMs }: Mark = { samples: 0, atMs: 0 }, msPerSample: number): ClockPart {
  return { fromSample: samples, toSample: Infinity, atMs, msPerSample }
}

/** Extends parts to the beginning and the end of the stint, and over the places where the clock was stopped. */
function joined(parts: readonly ClockPart[]): ClockPart[] {
  return parts.map((part, n) => {
    const fromSample = n === 0 ? 0 : part.fromSample
    const atMs = part.atMs - (part.fromSample - fromSample) * part.msPerSample
    return { ...part, fromSample, atMs, toSample: parts[n + 1]?.fromSample ?? Infinity }
  })
}
