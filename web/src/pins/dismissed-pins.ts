import { createDismissedKeys } from '../stored-list.ts'

/** The pins that were closed in this browser, by show and time. */
export const dismissedPins = createDismissedKeys('ambient:dismissed-pins')
