import type { ShowSettings } from '../../../contract/settings.ts'
import type { EndReason, ShowStatus, Visibility } from '../../../contract/shows.ts'

/** A show as it is stored, in the collection `shows`. */
export interface ShowDocument {
  _id: string
  creatorId: string
  /** The creator while the show is live: unique, so that nobody has two live shows. */
  liveCreatorId?: string
  title: string
  description: string
  /** What the show is searched by: the words of title and description. */
  words: string[]
  status: ShowStatus
  visibility: Visibility
  settings: ShowSettings
  startsAt: Date | null
  startedAt: Date | null
  endedAt: Date | null
  endReason: EndReason | null
  listenerCount: number
  peakListeners: number
  totalListeners: number
  version: number
  createdAt: Date
  updatedAt: Date
}

/** A show is on the air in these. */
export const liveStatuses: ShowStatus[] = ['live', 'interrupted']
