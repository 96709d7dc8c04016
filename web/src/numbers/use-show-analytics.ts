import { useCallback, useEffect, useState } from 'react'
import type { CodedError } from '../../../client/index.ts'
import type { ShowAnalytics } from '../../../contract/analytics.ts'
import { ambient } from '../ambient.ts'
import { toCodedError } from '../errors.ts'
import { useRepeated } from '../ui/use-repeated.ts'

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
  useRepeated(load, isRunning || isAwaited ? refreshMs : null)

  return { analytics, error, isRunning, load }
}
