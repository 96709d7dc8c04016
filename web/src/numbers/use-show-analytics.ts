import { useCallback, useEffect, useState } from 'react'
import type { CodedError } from '../../../client/index.ts'
import type { ShowAnalytics } from '../../../contract/analytics.ts'
import { ambient } from '../ambient.ts'
import { toCodedError } from '../errors.ts'

const refreshMs = 10_000

/** Loads the analytics of a show, and loads them again until it has ended, while the page is visible. */
export function useShowAnalytics(showId: string) {
  const [analytics, setAnalytics] = useState<ShowAnalytics | null>(null)
  const [error, setError] = useState<CodedError | null>(null)

  const load = useCallback(async () => {
    try {
      setAnalytics(await ambient.analytics.show(showId))
      setError(null)
    } catch (error) {
      setError(toCodedError(error))
    }
  }, [showId])

  useEffect(() => {
    load()
  }, [load])

  const isRunning = analytics?.status === 'live' || analytics?.status === 'interrupted'
  const isAwaited = error?.code === 'SHOW_NOT_LIVE'
  useEffect(() => {
    if (!isRunning && !isAwaited) return
    const refresh = () => {
      if (!document.hidden) load()
    }
    const timer = setInterval(refresh, refreshMs)
    document.addEventListener('visibilitychange', refresh)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', refresh)
    }
  }, [isRunning, isAwaited, load])

  return { analytics, error, isRunning, load }
}
