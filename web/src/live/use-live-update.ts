import { useSyncExternalStore } from 'react'
import type { LiveUpdate } from '../../../contract/live.ts'
import { ambient } from '../ambient.ts'

const subscribe = (onChange: () => void) => ambient.live.subscribe(onChange)

/** Returns the live values of the signed-in user's connection; null while they are unknown. */
export function useLiveUpdate(): LiveUpdate | null {
  return useSyncExternalStore(subscribe, () => ambient.live.value)
}
