import type { Span } from './spans.ts'

/** A caption with the name of its speaker, which is empty when the file names none. */
export interface Cue extends Span {
  readonly name: string
  readonly text: string
}

const timing = /^(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})[ \t]+-->[ \t]+(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})/
const voice = /^<v(?:\.[^ \t>]*)?[ \t]+([^>]*)>/
const references: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': ' ',
  '&lrm;': '\u200e',
  '&rlm;': '\u200f'
}

/** Reads the cues of a WebVTT file (https://www.w3.org/TR/webvtt1/) by time. Blocks that are no cue are left out. */
export function parseCaptions(file: string): Cue[] {
  return file
    .replace(/\r\n?/g, '\n')
    .split(/\n{2,}/)
    .flatMap(block => {
      const lines = block.split('\n')
      const index = lines.findIndex(line => line.includes('-->'))
      const times = timing.exec(lines[index] ?? '')
      if (!times) return []
      const payload = lines.slice(index + 1).join(' ')
      return [
        {
          fromMs: msOf(times.slice(1, 5)),
          toMs: msOf(times.slice(5, 9)),
          name: unescaped(voice.exec(payload)?.[1] ?? ''),
          text: unescaped(payload.replace(/<[^>]*>/g, '')).trim()
        }
      ]
    })
    .toSorted((a, b) => a.fromMs - b.fromMs)
}

/** Returns the captions to show at a place: people may speak at the same time. */
export function cuesAt(cues: readonly Cue[], ms: number): readonly Cue[] {
  return cues.filter(({ fromMs, toMs }) => ms >= fromMs && ms < toMs)
}

function msOf([hours = '0', minutes, seconds, ms]: string[]): number {
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms)
}

function unescaped(text: string): string {
  return text.replace(/&\w+;/g, reference => references[reference] ?? reference)
}
