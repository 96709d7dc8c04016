/** The id before all entries of a stream. */
export const firstId = '0-0'

/** Whether the id of a stream entry (ms-sequence) is behind another one. */
export function isAfter(id: string, other: string): boolean {
  const [ms = 0, seq = 0] = id.split('-').map(Number)
  const [otherMs = 0, otherSeq = 0] = other.split('-').map(Number)
  return ms > otherMs || (ms === otherMs && seq > otherSeq)
}
