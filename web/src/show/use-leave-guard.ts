import { useEffect } from 'react'
import { navigate } from 'wouter/use-browser-location'
import { guardHistory } from './history-guard.ts'

/**
 * Holds back navigation to other pages of the site while it is active: links, Back and Forward.
 * @param onHeld called with a function that continues where the user wanted to go
 */
export function useLeaveGuard(isActive: boolean, onHeld: (goOn: () => void) => void): void {
  useEffect(() => {
    if (!isActive) return
    const page = window.location.pathname
    let entry = { state: window.history.state as unknown, address: window.location.href }
    let isLeaving = false

    const holdLink = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null
      if (isLeaving || !link || opensElsewhere(event, link) || link.pathname === page) return
      event.preventDefault()
      onHeld(() => {
        isLeaving = true
        // The link knows more than its address, such as where the user found the show that it opens.
        if (link.isConnected) link.click()
        else navigate(link.pathname + link.search + link.hash)
        isLeaving = false
      })
    }

    /** The address has changed already: restores it before the router sees the change. */
    const holdHistory = (event: PopStateEvent) => {
      if (isLeaving) return
      if (window.location.pathname === page) {
        entry = { state: event.state, address: window.location.href }
        return
      }
      event.stopImmediatePropagation()
      window.history.pushState(entry.state, '', entry.address)
      onHeld(() => {
        isLeaving = true
        window.history.back()
      })
    }

    // In the capture phase, before the router.
    window.addEventListener('click', holdLink, true)
    const release = guardHistory(holdHistory)
    return () => {
      window.removeEventListener('click', holdLink, true)
      release()
    }
  }, [isActive, onHeld])
}

/** Whether a click on a link opens another tab, a download, or another site, for which the browser asks. */
function opensElsewhere(event: MouseEvent, link: HTMLAnchorElement): boolean {
  const hasModifier = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0
  return hasModifier || link.target !== '' || link.hasAttribute('download') || link.origin !== window.location.origin
}
