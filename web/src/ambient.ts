import { useSyncExternalStore } from 'react'
import { createAmbientApi, type TokenStorage, type User } from '../../client/index.ts'

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

/** The account and the REST API. Shows are joined by the page of a show: no other page loads what it takes. */
export const ambient = createAmbientApi({ url: window.location.origin, storage })

/** Returns the signed-in user, or null. */
export function useUser(): User | null {
  return useSyncExternalStore(ambient.account.subscribe, () => ambient.account.user)
}
