import { useCallback, useState } from 'react'
import { useRepeated } from '../ui/use-repeated.ts'

/** Returns the server's time, ms since the epoch. It moves on in an interval while the page is visible. */
export function useServerTime(clockOffsetMs: number, everyMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useRepeated(
    useCallback(() => setNowMs(Date.now()), []),
    everyMs
  )
  return nowMs + clockOffsetMs
}
