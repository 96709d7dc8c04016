import { createStoredList } from '../stored-list.ts'

/** Ids kept in this browser; at most three announcements are active at once. */
const maxIds = 30

const list = createStoredList('ambient:dismissed-announcements', value => typeof value === 'string')

/** The announcements that were closed in this browser, by id. */
export const dismissedAnnouncements = {
  /** Returns the ids; the same array until one is added. */
  all: list.all,
  subscribe: list.subscribe,

  add(id: string): void {
    list.write([...list.all().filter(other => other !== id), id].slice(-maxIds))
  }
}
