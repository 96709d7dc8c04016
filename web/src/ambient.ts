import { useSyncExternalStore } from 'react'
import { createAmbient, elementOutput, type TokenStorage, type User } from '../../client/index.ts'
import { audible, keptLevels } from './volumes.ts'

const key = 'ambient:account'

/** The sign-in lives in this browser, shared by its tabs. */
const storage: TokenStorage = {
  read: () => localStorage.getItem(key),
  write: value => {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  },
  watch(changed) {
    const listener = (event: StorageEvent) => {
      if (event.key === key) changed()
    }
    window.addEventListener('storage', listener)
    return () => window.removeEventListener('storage', listener)
  }
}

/** As loud as it was left. */
const sound = elementOutput()
const levels = keptLevels()
for (const kind of ['song', 'voice'] as const) sound.setVolume(kind, audible(levels[kind]))

/** The one client of this page. */
export const ambient = createAmbient({ url: window.location.origin, storage, sound })

/** Who is signed in. */
export function useUser(): User | null {
  return useSyncExternalStore(ambient.account.subscribe, () => ambient.account.user)
}
