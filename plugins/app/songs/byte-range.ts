import type { ByteRange } from '../../external/storage/object-storage.ts'

/** What a Range header asks of an object: part of it, none that it has, or all of it. */
export type Asked = ByteRange | 'unsatisfiable' | 'whole'

/**
 * Reads a Range header: https://www.rfc-editor.org/rfc/rfc9110#section-14.2. Of several ranges, other units and what is malformed the
 * answer is the whole, as a server may.
 */
export function askedRange(header: string | undefined, sizeBytes: number): Asked {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/i.exec(header?.replaceAll(' ', '') ?? '') ?? []
  if (from === undefined || to === undefined || (from === '' && to === '')) return 'whole'
  if (from === '') return lastBytes(Number(to), sizeBytes)
  const first = Number(from)
  const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)
  if (to !== '' && Number(to) < first) return 'whole'
  return first < sizeBytes ? { first, last } : 'unsatisfiable'
}

function lastBytes(count: number, sizeBytes: number): Asked {
  if (count === 0 || sizeBytes === 0) return 'unsatisfiable'
  return { first: Math.max(0, sizeBytes - count), last: sizeBytes - 1 }
}
