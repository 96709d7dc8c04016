import { ListenerLink, type ListenerLinkHost, type ListenerLinkParts } from './listener-link.ts'

/** A link that is open or is being opened. */
export interface OpeningLink {
  readonly link: ListenerLink
  /** Rejects when it cannot be opened; then it is closed already. */
  readonly opened: Promise<void>
  /** The last time at which it was opened, or had a voice. */
  usedAtMs: number
}

export interface ListenerLinksParts extends ListenerLinkParts {
  host: ListenerLinkHost
  /** Removes the voices of a link that closes. */
  onClosing(link: ListenerLink): void
}

/** The links of a show over which this node receives voices, one for each node that sends some. */
export class ListenerLinks {
  readonly #parts: ListenerLinksParts
  /** By the node at the other end. */
  readonly #links = new Map<string, OpeningLink>()

  constructor(parts: ListenerLinksParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#links.size
  }

  find(nodeId: string): OpeningLink | undefined {
    return this.#links.get(nodeId)
  }

  /** Returns the link to a node; opens it when there is none. */
  open(nodeId: string): OpeningLink {
    const known = this.#links.get(nodeId)
    if (known) return known
    const link = new ListenerLink(nodeId, this.#parts, this.#parts.host)
    const opened = link.open().catch((error: unknown) => {
      this.close(link)
      throw error
    })
    // Everybody who needs a voice of it awaits it; they may all have gone.
    opened.catch(() => {})
    const opening = { link, opened, usedAtMs: this.#parts.monotonicMs() }
    this.#links.set(nodeId, opening)
    return opening
  }

  /** Closes both ends of a link, here at once. May be called twice. */
  close(link: ListenerLink): void {
    if (this.#links.get(link.origin)?.link === link) this.#links.delete(link.origin)
    this.#parts.onClosing(link)
    if (link.isClosed) return
    link.closeBoth()
  }

  /** Closes the links that had no voice for this time. Returns the others. */
  closeUnused(unusedMs: number): ListenerLink[] {
    const now = this.#parts.monotonicMs()
    for (const { link, usedAtMs } of this.#links.values()) if (now - usedAtMs >= unusedMs) this.close(link)
    return [...this.#links.values()].map(({ link }) => link)
  }

  closeAll(): void {
    for (const { link } of this.#links.values()) this.close(link)
  }
}
