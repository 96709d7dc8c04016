import type { AnalyticsSpan, ShowAnalytics } from '../../../contract/analytics.ts'
import { minuteMs } from './minute-rows.ts'

const header = [
  'minute',
  'listeners',
  'max_listeners',
  'joins',
  'leaves',
  'comments',
  'reactions',
  'playing',
  'speaking'
]

/** Returns one row for each minute of a show (RFC 4180). Values that nobody recorded are empty. */
export function csvOf({ minutes, played, speakers }: ShowAnalytics): string {
  const playing = played.map(({ title, artists, ...span }) => ({ ...span, text: [title, ...artists].join(' – ') }))
  const speaking = speakers.flatMap(({ user, spans }) =>
    spans.map(span => ({ ...span, text: user?.displayName ?? 'somebody' }))
  )
  const playingIn = textsByMinute(playing)
  const speakingIn = textsByMinute(speaking)
  const rows = minutes.map(({ at, listeners, maxListeners, joins, leaves, comments, reactions }) => {
    const minute = Math.floor(Date.parse(at) / minuteMs)
    const numbers = [listeners, maxListeners, joins, leaves, comments, reactions].map(value => String(value ?? ''))
    return [at, ...numbers, textOf(playingIn.get(minute)), textOf(speakingIn.get(minute))]
  })
  return [header, ...rows].map(row => `${row.map(cellOf).join(',')}\r\n`).join('')
}

/** Returns the texts of the spans in each minute that they touch. */
function textsByMinute(spans: readonly (AnalyticsSpan & { text: string })[]): Map<number, Set<string>> {
  const texts = new Map<number, Set<string>>()
  for (const { from, to, text } of spans) {
    for (let minute = Math.floor(Date.parse(from) / minuteMs); minute * minuteMs < Date.parse(to); minute++) {
      texts.set(minute, (texts.get(minute) ?? new Set()).add(text))
    }
  }
  return texts
}

function textOf(texts: ReadonlySet<string> | undefined): string {
  return [...(texts ?? [])].join('; ')
}

/**
 * Spreadsheets run a cell that begins like a formula. An apostrophe before it makes it a text. In many languages they
 * also begin a cell after each semicolon, of which a list of names has some.
 */
function cellOf(text: string): string {
  const safe = text.replaceAll(/(^|;\s*)(?=[=+\-@\t\r\n])/g, "$1'")
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
