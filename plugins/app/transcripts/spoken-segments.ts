import { displayText } from '../songs/transcode/display-text.ts'
import { placeOnClock, type ClockPoint } from './audio-clock.ts'
import type { TranscribedAudio, TranscribedWord } from './transcriber.ts'

/** A segment ends after a pause of this length. */
const maxPauseMs = 1500
const maxSegmentMs = 15_000
const maxSegmentLength = 180

/** A piece of speech, a sentence or less. Times are server times, ms. */
export interface SpokenSegment {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** Returns the sentences of an audio file with their times on the server's clock. Long sentences are split. */
export function segmentsOfAudio({ words, space }: TranscribedAudio, clock: readonly ClockPoint[]): SpokenSegment[] {
  const segments: SpokenSegment[] = []
  let open: SpokenSegment | null = null
  const close = () => {
    const text = displayText(open?.text)
    if (open && text !== null) segments.push({ ...open, text })
    open = null
  }
  for (const word of words) {
    const from = placeOnClock(word.from, clock)
    const to = Math.max(from, placeOnClock(word.to, clock))
    if (open && !continues(open, word, from)) close()
    open = joined(open, word, { from, to, space })
    if (word.endsSentence) close()
  }
  close()
  return segments
}

function continues(open: SpokenSegment, { text, isAttached }: TranscribedWord, from: number): boolean {
  if (isAttached) return true
  const isLong = open.text.length + text.length > maxSegmentLength || from - open.from > maxSegmentMs
  return !isLong && from - open.to <= maxPauseMs
}

function joined(
  open: SpokenSegment | null,
  { text, isAttached }: TranscribedWord,
  { from, to, space }: { from: number; to: number; space: string }
): SpokenSegment {
  if (!open) return { from, to, text }
  return { from: open.from, to: Math.max(open.to, to), text: open.text + (isAttached ? '' : space) + text }
}
