import type { RoomView, ShowRoom } from '../../../client/index.ts'

/** The part that the user takes in a show in another tab of this browser. */
export type TabPlace = 'onStage' | 'listening'

/** Tells the locks of this tab from those of others. */
const tabId = Math.random().toString(36).slice(2)

const lockPrefix = (showId: string, userId: string, place: TabPlace) => `ambient:show:${showId}:${userId}:${place}:`

/**
 * Lets other tabs find this room until it closes. A tab holds a lock while it is in a show: the browser releases it
 * when the tab is closed or crashes. Browsers have locks on https and on localhost only; elsewhere nobody is asked.
 */
export function announceToTabs(room: ShowRoom): void {
  const { locks } = navigator as Partial<Navigator>
  if (!locks) return
  let place: TabPlace | null = null
  let release = () => {}
  const update = () => {
    const next = placeOf(room.view)
    if (next === place) return
    place = next
    const releasePrevious = release
    if (next) {
      const isOver = new Promise<void>(resolve => {
        release = resolve
      })
      const name = lockPrefix(room.showId, room.view.me.userId, next) + tabId
      locks.request(name, async () => await isOver).catch(() => {})
    }
    releasePrevious()
  }
  room.subscribe(update)
  update()
}

/** Returns what the user does in this show in another tab; null when no other tab is in it. */
export async function findOtherTab(showId: string, userId: string): Promise<TabPlace | null> {
  const { locks } = navigator as Partial<Navigator>
  // Without an answer the server replaces the other tab, as it replaces another device.
  const { held = [] } = (await locks?.query().catch(() => undefined)) ?? {}
  const isHeld = (place: TabPlace) =>
    held.some(({ name }) => {
      const prefix = lockPrefix(showId, userId, place)
      return name?.startsWith(prefix) === true && name !== prefix + tabId
    })
  if (isHeld('onStage')) return 'onStage'
  return isHeld('listening') ? 'listening' : null
}

function placeOf({ closed, me }: RoomView): TabPlace | null {
  if (closed) return null
  return me.speak === 'onStage' ? 'onStage' : 'listening'
}
