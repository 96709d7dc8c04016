import { useEffect, useRef } from 'react'
import { ExpiryTimer, type Limited } from './expiry.ts'

/** Calls back when some of the content may not be shown any longer. */
export function useExpiry(contents: readonly Limited[], onExpired: (nowMs: number) => void): void {
  const callback = useRef(onExpired)
  useEffect(() => {
    callback.current = onExpired
  })
  const ends = contents.flatMap(({ showUntil }) => showUntil ?? []).join(' ')
  useEffect(() => {
    const timer = new ExpiryTimer(nowMs => callback.current(nowMs))
    timer.watch(ends === '' ? [] : ends.split(' ').map(showUntil => ({ showUntil })))
    return () => timer.stop()
  }, [ends])
}
