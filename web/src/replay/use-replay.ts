import { useCallback, useEffect, useState } from 'react'
import type { CodedError, Replay } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { toCodedError } from '../errors.ts'
import { useRepeated } from '../ui/use-repeated.ts'

/** The interval in which a replay is loaded again while its audio is mixed. */
const pollMs = 4000

/** The replay of a show, as far as it is known. */
export interface ReplayState {
  /** Null until it is loaded, and when there is none. */
  readonly replay: Replay | null
  /** The error of the last request. NOT_FOUND: there is no replay for this person. */
  readonly error: CodedError | null
  /** Loads it again, and returns it; null when that failed. */
  readonly reload: () => Promise<Replay | null>
  readonly update: (replay: Replay | null) => void
}

/** Loads the replay of a show, and again while it is processed. */
export function useReplay(showId: string): ReplayState {
  const user = useUser()
  const [replay, setReplay] = useState<Replay | null>(null)
  const [error, setError] = useState<CodedError | null>(null)

  const reload = useCallback(async () => {
    try {
      const loaded = await ambient.replays.get(showId)
      setReplay(loaded)
      setError(null)
      return loaded
    } catch (error) {
      const coded = toCodedError(error)
      setError(coded)
      // A replay that is shown stays when the connection is lost.
      if (coded.code === 'NOT_FOUND') setReplay(null)
      return null
    }
  }, [showId])

  // Loads again when another user signs in: an unpublished replay is for the hosts only.
  useEffect(() => {
    reload()
  }, [reload, user?.id])
  useRepeated(reload, replay?.status === 'processing' ? pollMs : null)

  return { replay, error, reload, update: setReplay }
}
