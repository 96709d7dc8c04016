import { useEffect } from 'react'
import { focusMainAfterDialog, focusMainIfLost } from './page-focus.tsx'

/** Moves the focus to the heading when the content replaces what had the focus. */
export function useFocusedMain(isActive = true): void {
  useEffect(() => {
    if (!isActive) return
    focusMainIfLost()
    return focusMainAfterDialog()
  }, [isActive])
}
