import { createStoredList } from '../stored-list.ts'

/** Pins kept in this browser: one is shown at a time. */
const maxPins = 30

const list = createStoredList('ambient:dismissed-pins', value => typeof value === 'string')

/** The pins that were closed in this browser, by show and time. */
export const dismissedPins = {
  /** Returns the pins; the same array until one is added. */
  all: list.all,
  subscribe: list.subscribe,

  add(key: string): void {
    list.write([...list.all().filter(other => other !== key), key].slice(-maxPins))
  }
}
