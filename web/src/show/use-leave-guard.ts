import { useEffect } from 'react'

/**
 * Protects a person on stage from leaving the show by accident: the browser asks before the page is closed, and links
 * to other pages open in a new tab.
 */
export function useLeaveGuard(isActive: boolean): void {
  useEffect(() => {
    if (!isActive) return
    const askFirst = (event: BeforeUnloadEvent) => event.preventDefault()
    const openInNewTab = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null
      if (
        !link ||
        link.target !== '' ||
        link.origin !== window.location.origin ||
        link.pathname === window.location.pathname
      ) {
        return
      }
      event.preventDefault()
      window.open(link.href, '_blank')
    }
    window.addEventListener('beforeunload', askFirst)
    // In the capture phase, before the router handles the click.
    window.addEventListener('click', openInNewTab, true)
    return () => {
      window.removeEventListener('beforeunload', askFirst)
      window.removeEventListener('click', openInNewTab, true)
    }
  }, [isActive])
}
