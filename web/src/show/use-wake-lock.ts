import { useEffect } from 'react'

/** Keeps the screen awake while it is active. */
export function useWakeLock(isActive: boolean): void {
  useEffect(() => {
    if (!isActive) return
    const lock = navigator.wakeLock?.request('screen').catch(() => null)
    return () => {
      lock?.then(held => held?.release())
    }
  }, [isActive])
}
