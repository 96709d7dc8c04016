/** How many people listen to a show; the creator is not counted. */
export interface AudienceCounts {
  listenerCount: number
  /** Most listeners at one time. */
  peakListeners: number
  /** Different people who were ever in the show. */
  totalListeners: number
  /** People counted in `totalListeners` since the last record. */
  newcomerIds: readonly string[]
}
