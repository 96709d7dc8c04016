import { useCallback, useState } from 'react'
import { useRepeated } from '../ui/use-repeated.ts'

const everyMs = 10_000

/** Returns the server's time, ms since the epoch. It moves on every few seconds, for waits in minutes. */
export function useServerTime(clockOffsetMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useRepeated(
    useCallback(() => setNowMs(Date.now()), []),
    everyMs
  )
  return nowMs + clockOffsetMs
}
