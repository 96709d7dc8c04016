import { isReadableVersion, protocolVersion } from './keys.ts'
import { maxMessageLength } from '../bus-errors.ts'

/** An entry of a stream: its text and, in the feed, its node. */
export interface Entry {
  readonly text: string
  readonly from: string
}

/** Returns the fields of an entry. */
export function fieldsOf(text: string, from?: string): string[] {
  return ['v', String(protocolVersion), ...(from === undefined ? [] : ['n', from]), 'd', text]
}

/** Fields of an entry that only wakes its reader. */
export const wakeFields: readonly string[] = ['v', String(protocolVersion), 'w', '']

/** Returns an entry, null for one that only wakes the reader, or the reason why it is dropped. */
export function decodeEntry(fields: readonly string[]): Entry | null | string {
  const values = new Map<string, string>()
  for (let i = 0; i + 1 < fields.length; i += 2) values.set(fields[i] ?? '', fields[i + 1] ?? '')
  if (!isReadableVersion(values.get('v'))) return `version ${(values.get('v') ?? 'none').slice(0, 20)}`
  if (values.has('w')) return null
  const text = values.get('d')
  if (text === undefined) return 'no text'
  return text.length > maxMessageLength ? 'too large' : { text, from: values.get('n') ?? '' }
}
