/** Numbers of listeners of a show, without the creator. */
export interface AudienceCounts {
  listenerCount: number
  /** Maximum number of listeners at one time. */
  peakListeners: number
  /** Different people who were ever in the show. */
  totalListeners: number
  /** People counted in `totalListeners` since the last record. */
  newcomerIds: readonly string[]
}
