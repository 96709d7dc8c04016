/** Hears what happens to shows and nodes, for metrics. */
export interface ClusterObserver {
  /** This node took a show over from another one. */
  onTakenOver?(): void
  /** Another node took a show from this one. */
  onDeposed?(): void
  onNodeLost?(): void
  /** A followed show was read again after a gap, or from a new home. */
  onRefollowed?(): void
}
