import { createDismissedKeys } from '../stored-list.ts'

/** The announcements that were closed in this browser, by id. */
export const dismissedAnnouncements = createDismissedKeys('ambient:dismissed-announcements')
