import type { ByteRange } from '../../external/storage/object-storage.ts'

/** The selection of a Range header: a part of the object, a range outside the object, or the whole object. */
export type RequestedRange = ByteRange | 'unsatisfiable' | 'whole'

/**
 * Parses a Range header: https://www.rfc-editor.org/rfc/rfc9110#section-14.2. Several ranges, other units and malformed
 * headers select the whole object, as the standard allows.
 */
export function parseRange(header: string | undefined, sizeBytes: number): RequestedRange {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/i.exec(header?.replaceAll(' ', '') ?? '') ?? []
  if (from === undefined || to === undefined || (from === '' && to === '')) return 'whole'
  if (from === '') return lastBytes(Number(to), sizeBytes)
  const first = Number(from)
  const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)
  if (to !== '' && Number(to) < first) return 'whole'
  return first < sizeBytes ? { first, last } : 'unsatisfiable'
}

function lastBytes(count: number, sizeBytes: number): RequestedRange {
  if (count === 0 || sizeBytes === 0) return 'unsatisfiable'
  return { first: Math.max(0, sizeBytes - count), last: sizeBytes - 1 }
}
