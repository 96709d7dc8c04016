import type { ShowRoom } from '../../../client/index.ts'

/** The shortest time between two renders that events of a room cause, ms. */
const intervalMs = 50

/**
 * Calls back when the view of a show has changed: at once, but only once in 50 ms for events of the room, of which
 * hundreds may arrive within a moment. A page that drew each of them would be so busy that it loses its connection.
 * Returns a function that stops that.
 */
export function paceChanges(show: Pick<ShowRoom, 'view' | 'subscribe'>, onChange: () => void): () => void {
  let { room } = show.view
  let isChanged = false
  /** Runs for 50 ms after each call. */
  let timer: ReturnType<typeof setTimeout> | undefined

  function callBack(): void {
    isChanged = false
    timer = setTimeout(endPause, intervalMs)
    onChange()
  }

  function endPause(): void {
    timer = undefined
    if (isChanged) callBack()
  }

  const unsubscribe = show.subscribe(() => {
    const isOfRoom = show.view.room !== room
    room = show.view.room
    if (isOfRoom && timer) isChanged = true
    // Controls follow the hand that moves them.
    else if (isOfRoom) callBack()
    else onChange()
  })
  return () => {
    clearTimeout(timer)
    unsubscribe()
  }
}
