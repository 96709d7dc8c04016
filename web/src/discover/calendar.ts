import type { Show } from '../../../client/index.ts'

/** How long a planned show is said to be: nobody knows, and calendars want to. */
const plannedLength = 'PT1H'
/** A line may have so many bytes: https://www.rfc-editor.org/rfc/rfc5545#section-3.1 */
const lineBytes = 75

/** A planned show as a calendar file (RFC 5545), with a reminder five minutes ahead. */
export function calendarOf(
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
      `DTSTAMP:${stamp(now)}`,
      `DTSTART:${stamp(new Date(startsAt))}`,
      `DURATION:${plannedLength}`,
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

/** `20300101T180000Z` */
function stamp(date: Date): string {
  return date
    .toISOString()
    .replace(/\.\d{3}/, '')
    .replace(/[-:]/g, '')
}

function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, character => `\\${character}`).replaceAll('\n', '\\n')
}

/** Breaks a long line between characters; what follows begins with a space. */
function fold(line: string): string {
  const encoder = new TextEncoder()
  const lines = ['']
  let bytes = 0
  for (const character of line) {
    const size = encoder.encode(character).length
    if (bytes + size > lineBytes) {
      lines.push(' ')
      bytes = 1
    }
    lines[lines.length - 1] += character
    bytes += size
  }
  return lines.join('\r\n')
}
