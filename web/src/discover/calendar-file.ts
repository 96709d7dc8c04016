import type { Show } from '../../../client/index.ts'

/** The duration of the calendar entry: a show has none, but calendars expect one. */
const assumedDuration = 'PT1H'
/** Maximum length of a line: https://www.rfc-editor.org/rfc/rfc5545#section-3.1 */
const maxLineBytes = 75

/** Returns a scheduled show as a calendar file (RFC 5545), with a reminder five minutes before it starts. */
export function createCalendarFile(
  { id, title, description, creator }: Pick<Show, 'id' | 'title' | 'description' | 'creator'>,
  startsAt: string,
  address: string,
  now: Date
): string {
  return (
    [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Ambient//EN',
      'BEGIN:VEVENT',
      `UID:${id}@${new URL(address).hostname}`,
      `DTSTAMP:${formatTimestamp(now)}`,
      `DTSTART:${formatTimestamp(new Date(startsAt))}`,
      `DURATION:${assumedDuration}`,
      `SUMMARY:${escapeText(title)}`,
      `DESCRIPTION:${escapeText(`With ${creator.displayName}\n${address}${description && `\n\n${description}`}`)}`,
      `URL:${address}`,
      'BEGIN:VALARM',
      'ACTION:DISPLAY',
      `DESCRIPTION:${escapeText(title)}`,
      'TRIGGER:-PT5M',
      'END:VALARM',
      'END:VEVENT',
      'END:VCALENDAR'
    ]
      .map(fold)
      .join('\r\n') + '\r\n'
  )
}

/** Formats a time as `20300101T180000Z`. */
function formatTimestamp(date: Date): string {
  return date
    .toISOString()
    .replace(/\.\d{3}/, '')
    .replace(/[-:]/g, '')
}

function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, character => `\\${character}`).replaceAll('\n', '\\n')
}

/** Folds a long line between characters; each continuation line starts with a space. */
function fold(line: string): string {
  const encoder = new TextEncoder()
  const lines = ['']
  let bytes = 0
  for (const character of line) {
    const size = encoder.encode(character).length
    if (bytes + size > maxLineBytes) {
      lines.push(' ')
      bytes = 1
    }
    lines[lines.length - 1] += character
    bytes += size
  }
  return lines.join('\r\n')
}
