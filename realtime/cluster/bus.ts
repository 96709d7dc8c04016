/** The facts that a node tells the others about itself, with every renewal. */
export interface NodeFacts {
  readonly nodeId: string
  /** Address on which other nodes reach this node's media. */
  readonly address: string
  /** A draining node takes no homes. */
  readonly isDraining: boolean
  /** People connected to it. */
  readonly load: number
}

/** The node that holds the claim to a show, and the token of its fence record; 0 before the first one. */
export interface Home {
  readonly nodeId: string
  readonly token: number
}

/** Stops what a method began. */
export type Unsubscribe = () => void

/** Another node holds the claim to the show: this one may not publish its events. */
export class Deposed extends Error {
  readonly showId: string

  constructor(showId: string) {
    super(`another node is the home of show ${showId}`)
    this.name = 'Deposed'
    this.showId = showId
  }
}

/**
 * The connection between the nodes: Redis, or memory for a single node and in tests. It holds nothing that may not be
 * lost.
 * Every method that waits throws UNAVAILABLE (a CodedError) while the connection is lost or an answer takes longer
 * than 1 s. Handlers are called in order and must not throw.
 */
export interface Bus {
  /** New at each start of the process. At most 39 letters, digits, hyphens and underscores: presences begin with it. */
  readonly nodeId: string
  /** Time that all nodes share, ms since the epoch. It never steps back. */
  nowMs(): number
  /**
   * Whether the other nodes take this one for alive: its last successful renewal was sent less than 2 s ago, by the
   * monotonic clock. When it comes back, it is sure once the listeners of `onReconnected` are called.
   */
  isSure(): boolean
  /** Publishes this node's facts with the next renewal, and at once when `isDraining` changes. */
  update(facts: Pick<NodeFacts, 'isDraining' | 'load'>): void
  /** The nodes that are alive, this one included. Reads them from the store. */
  nodes(): Promise<NodeFacts[]>
  /**
   * Calls the listener when another node has disappeared: not renewed for 3.5 s, or it left, which `hasLeft` says for a
   * minute.
   */
  onNodeLost(listener: (nodeId: string, hasLeft: boolean) => void): void
  /**
   * Calls the listener when the connection is back after this node was not sure, and when what was stored is lost:
   * homes assert again then.
   */
  onReconnected(listener: () => void): void

  /**
   * Claims a show when nobody holds it, a dead node does, or this node does already. Returns the holder afterwards.
   * Throws UNAVAILABLE for 3.5 s after an outage when the show would have to be taken: its home may not be back yet.
   * A claim of a dead node keeps its token.
   */
  claim(showId: string): Promise<Home>
  /**
   * Writes the token of a new fence record over the claim of this node. Returns false when a higher token is stored, or
   * another living node holds the claim: this one was slow, and counted as dead meanwhile.
   */
  take(showId: string, token: number): Promise<boolean>
  /**
   * Writes the token of a fence record of this node again, when the stored token is lower. Returns whether this token
   * of this node is stored now.
   */
  assert(showId: string, token: number): Promise<boolean>
  /** Gives the claim of this node up. Does nothing when another node or another token holds it. */
  release(showId: string, token: number): Promise<void>
  /** Returns the holder of the claim to a show; null when there is none or its node is dead. */
  findHome(showId: string): Promise<Home | null>

  /** Sends a message to a node. It arrives once and in order, also after a cut of some seconds. */
  send(nodeId: string, message: string): Promise<void>
  /** Binds the receiver of this node's messages. Called once. */
  onMessage(handler: (message: string) => void): void

  /**
   * Appends to the stream of a show. Throws Deposed when another node or token holds the claim, and UNAVAILABLE when
   * nobody does, which a restart without data causes.
   */
  publish(showId: string, token: number, entry: string): Promise<void>
  /** Calls the handler with every entry that is appended from now on. Resolves when nothing can be missed any more. */
  follow(showId: string, handler: (entry: string) => void): Promise<Unsubscribe>
  /** Returns the stored entries of a show's stream, oldest first. */
  tail(showId: string): Promise<string[]>
  /** Removes the stream and the claim of an ended show. */
  forget(showId: string, token: number): Promise<void>

  /** Sends to the nodes that listen to a channel now. May be lost. Does not reach this node. */
  cast(channel: string, message: string): void
  /** Calls the handler with everything that other nodes send to a channel. */
  listen(channel: string, handler: (message: string) => void): Unsubscribe

  /** Appends to the one stream that all nodes read. */
  announce(message: string): Promise<void>
  /** Binds the receiver of announcements of other nodes, from the start of this node on. Called once. */
  onAnnounced(handler: (message: string) => void): void

  /** Leaves the cluster: the claims of this node are free at once. */
  close(): Promise<void>
}
