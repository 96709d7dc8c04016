import { useSyncExternalStore } from 'react'
import { createAmbient, elementOutput, type TokenStorage, type User } from '../../client/index.ts'
import { effectiveLevel, readVolumes } from './stored-volumes.ts'

const key = 'ambient:account'

/** Keeps the sign-in in this browser, shared by its tabs. */
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

/** Plays the sound of shows, at the volumes this person last chose. */
const sound = elementOutput()
const volumes = readVolumes()
for (const kind of ['song', 'voice'] as const) sound.setVolume(kind, effectiveLevel(volumes[kind]))

/** The SDK client of this page. */
export const ambient = createAmbient({ url: window.location.origin, storage, sound })

/** Returns the signed-in user, or null. */
export function useUser(): User | null {
  return useSyncExternalStore(ambient.account.subscribe, () => ambient.account.user)
}
