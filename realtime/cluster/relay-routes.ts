/** Voices of a node are received over another one for this time, before the direct way is tried again. */
const relayMs = 60_000

/** Which node sends the voices of another one to this one: usually itself. */
export class RelayRoutes {
  readonly #monotonicMs: () => number
  /** By the node that the voices are produced on. */
  readonly #routes = new Map<string, { readonly via: string; readonly untilMs: number }>()

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  add(origin: string, via: string): void {
    this.#routes.set(origin, { via, untilMs: this.#monotonicMs() + relayMs })
  }

  remove(origin: string): void {
    this.#routes.delete(origin)
  }

  /** Removes the routes to a lost node, and over it. */
  nodeLost(nodeId: string): void {
    for (const [origin, { via }] of this.#routes) {
      if (origin === nodeId || via === nodeId) this.#routes.delete(origin)
    }
  }

  senderOf(origin: string): string {
    const route = this.#routes.get(origin)
    return route && this.#monotonicMs() < route.untilMs ? route.via : origin
  }
}
