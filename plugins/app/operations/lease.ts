/** A lease in the store that a server renews while it works on something. */
export interface LeaseParts {
  leaseMs: number
  /** Renews the lease. Returns false when another server has it, or the work is not wanted any more. */
  renew(): Promise<boolean>
  /** A renewal failed. It is repeated. */
  onRenewalFailed(error: unknown): void
  /** Stops the work for other reasons. */
  signal: AbortSignal
}

/** A lease as the work under it sees it. `signal` also aborts when the lease is lost. */
export interface HeldLease {
  readonly signal: AbortSignal
  isLost(): boolean
}

/** Carries out work under a lease, which is renewed three times in its time. */
export async function underLease<T>(parts: LeaseParts, work: (lease: HeldLease) => Promise<T>): Promise<T> {
  const lost = new AbortController()
  const renew = async () => {
    if (!(await parts.renew())) lost.abort()
  }
  const heartbeat = setInterval(() => {
    renew().catch(parts.onRenewalFailed)
  }, parts.leaseMs / 3)
  try {
    return await work({ signal: AbortSignal.any([lost.signal, parts.signal]), isLost: () => lost.signal.aborted })
  } finally {
    clearInterval(heartbeat)
  }
}
