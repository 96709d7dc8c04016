import type { TranscriptSegment } from '../../../contract/transcripts.ts'

/** Maximum number of lines of a cue, and of characters of a line. */
const maxLines = 2
const maxLineLength = 42
/** Maximum duration of a cue. */
const maxCueMs = 7000
const minCueMs = 100

/** Words of a person. Times are ms from the beginning of the audio that the captions belong to. */
export interface Caption extends Readonly<Pick<TranscriptSegment, 'from' | 'to' | 'text'>> {
  readonly name: string
}

/** A text that is shown at once. */
export interface Cue extends Readonly<Pick<TranscriptSegment, 'from' | 'to'>> {
  readonly name: string
  readonly lines: readonly string[]
}

// Splits words that are longer than a line, such as sentences in scripts without spaces, between characters only.
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * Returns the cues of captions by time. A long caption becomes several: its time is shared out by the length of the
 * texts.
 */
export function cuesOf(captions: readonly Caption[]): Cue[] {
  return captions.flatMap(split).toSorted((a, b) => a.from - b.from || a.to - b.to)
}

/** Returns cues as a WebVTT file: https://www.w3.org/TR/webvtt1/ */
export function toWebVtt(cues: readonly Cue[]): string {
  return ['WEBVTT\n', ...cues.map(cueText)].join('\n')
}

function split({ from, to, name, text }: Caption): Cue[] {
  const words = wordsIn(text)
  const totalLength = lengthOf(words)
  const durationMs = Math.max(minCueMs, to - from)
  // A slow speaker gets shorter texts.
  const maxLength = Math.ceil((totalLength * maxCueMs) / durationMs)
  const cues: Cue[] = []
  let doneLength = 0
  const placeMs = (length: number) => Math.round(from + (durationMs * length) / totalLength)
  for (const chunk of chunksOf(words, maxLength)) {
    const cueFrom = placeMs(doneLength)
    doneLength += lengthOf(chunk)
    const cueTo = Math.min(cueFrom + maxCueMs, Math.max(cueFrom + 1, placeMs(doneLength)))
    cues.push({ from: cueFrom, to: cueTo, name, lines: linesOf(chunk) })
  }
  return cues
}

/** Splits words into texts that fit into a cue. */
function chunksOf(words: readonly string[], maxLength: number): string[][] {
  const chunks: string[][] = []
  let chunk: string[] = []
  for (const word of words) {
    const longer = [...chunk, word]
    const fits = linesOf(longer).length <= maxLines && lengthOf(longer) <= maxLength
    if (fits || chunk.length === 0) {
      chunk = longer
    } else {
      chunks.push(chunk)
      chunk = [word]
    }
  }
  return chunk.length > 0 ? [...chunks, chunk] : chunks
}

function linesOf(words: readonly string[]): string[] {
  const lines: string[] = []
  for (const word of words) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + 1 + word.length <= maxLineLength) lines[lines.length - 1] += ` ${word}`
    else lines.push(word)
  }
  return lines
}

/** Returns the words of a text, none longer than a line. */
function wordsIn(text: string): string[] {
  return text.split(/[\s\0]+/u).flatMap(piecesOf)
}

function piecesOf(word: string): string[] {
  if (word.length <= maxLineLength) return word === '' ? [] : [word]
  const pieces = ['']
  for (const { segment } of segmenter.segment(word)) {
    const piece = pieces.at(-1) ?? ''
    if (piece.length + segment.length <= maxLineLength) pieces[pieces.length - 1] = piece + segment
    else pieces.push(segment)
  }
  return pieces.filter(piece => piece !== '')
}

/** Length of words with a space after each. */
function lengthOf(words: readonly string[]): number {
  return words.reduce((length, word) => length + word.length + 1, 0)
}

function cueText({ from, to, name, lines }: Cue): string {
  const text = lines.map(escaped).join('\n')
  const annotation = escaped(wordsIn(name).join(' '))
  return `${timeOf(from)} --> ${timeOf(to)}\n${annotation === '' ? '' : `<v ${annotation}>`}${text}\n`
}

/** Escapes a text. Cues must not contain `-->` either. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function timeOf(ms: number): string {
  const padded = (value: number, length: number) => String(Math.trunc(value)).padStart(length, '0')
  const minutes = padded((ms / 60_000) % 60, 2)
  const seconds = padded((ms / 1000) % 60, 2)
  return `${padded(ms / 3_600_000, 2)}:${minutes}:${seconds}.${padded(ms % 1000, 3)}`
}
