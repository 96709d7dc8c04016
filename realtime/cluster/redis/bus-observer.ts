/** Hears what a bus over Redis does, for metrics. */
export interface BusObserver {
  /** A renewal was answered after this time, ms. */
  onRoundTrip?(ms: number): void
  /** Something that is not of this protocol was dropped: from an inbox, a show, the feed, a channel or a node key. */
  onDropped?(from: string): void
  /** The connection is back after this node was not sure, or Redis has lost what was stored. */
  onReconnected?(): void
}
