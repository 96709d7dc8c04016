import { createStoredList } from '../stored-list.ts'

/** The place in a replay at which somebody stopped. */
interface ReplayPosition {
  readonly showId: string
  readonly positionMs: number
}

const maxStored = 50
/** Closer to the beginning or the end, a replay starts from its beginning. */
const marginMs = 5000

const list = createStoredList('ambient:replay-positions', (value: unknown): value is ReplayPosition => {
  const { showId, positionMs }: { showId?: unknown; positionMs?: unknown } = Object(value)
  return typeof showId === 'string' && typeof positionMs === 'number'
})

/** Returns the remembered place in a show's replay, ms; undefined without one. */
export function findPosition(showId: string): number | undefined {
  return list.all().find(position => position.showId === showId)?.positionMs
}

/** Remembers the place in a show's replay, in this browser only. Forgets it at the beginning and the end. */
export function rememberPosition(showId: string, positionMs: number, durationMs: number): void {
  const others = list.all().filter(position => position.showId !== showId)
  const isBetween = positionMs >= marginMs && positionMs <= durationMs - marginMs
  list.write((isBetween ? [{ showId, positionMs: Math.floor(positionMs) }, ...others] : others).slice(0, maxStored))
}
