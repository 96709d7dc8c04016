import { useEffect } from 'react'

/** Lets the browser ask before the site is closed or reloaded. */
export function useUnloadGuard(isActive: boolean): void {
  useEffect(() => {
    if (!isActive) return
    const askFirst = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', askFirst)
    return () => window.removeEventListener('beforeunload', askFirst)
  }, [isActive])
}
