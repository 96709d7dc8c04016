/** Sockets served in one turn of the event loop: each costs about 8 µs. */
const socketsPerChunk = 250
/** Maximum number of recipients that a broadcast is sent to at once. What is read of so many fits in the caches. */
const maxGroupSize = 25
/** Maximum number of broadcasts that wait. Above it the oldest is sent at once, so that memory has a bound. */
const maxWaiting = 100

/** One message to many recipients, each of them once. */
export interface Broadcast<Recipient> {
  readonly showId: string
  /** A broadcast of this name takes the place of an earlier one to the same show that still waits. */
  readonly replaces: string | null
  /** Must not change. Several broadcasts may share it. */
  readonly recipients: readonly Recipient[]
  /** Sends to some of the recipients at once. */
  send(group: readonly Recipient[]): void
}

/** Sends to thousands of sockets in chunks, so that nothing else waits. Each socket gets its messages in order. */
export interface ChunkedBroadcast<Recipient> {
  /** Sends to each of the recipients in its turn. Later broadcasts arrive later. */
  send(broadcast: Broadcast<Recipient>): void
  /** Sends a recipient everything that waits for it now, before a message that is for this recipient alone. */
  flushFor(recipient: Recipient): void
}

/** A broadcast, and its progress. */
class WaitingBroadcast<Recipient> {
  readonly showId: string
  readonly replaces: string | null
  readonly #recipients: readonly Recipient[]
  readonly #send: (group: readonly Recipient[]) => void
  /** Returns the index of a recipient. */
  readonly #find: (recipient: Recipient) => number | undefined
  #position = 0
  /** Indexes behind the position that were served before their turn. */
  readonly #early = new Set<number>()

  constructor(
    { showId, replaces, recipients, send }: Broadcast<Recipient>,
    find: (recipient: Recipient) => number | undefined
  ) {
    this.showId = showId
    this.replaces = replaces
    this.#recipients = recipients
    this.#send = send
    this.#find = find
  }

  get isDone(): boolean {
    return this.#position >= this.#recipients.length
  }

  unserved(): Recipient[] {
    const from = this.#position
    return this.#recipients.slice(from).filter((_recipient, n) => !this.#early.has(from + n))
  }

  /** Sends to this many recipients at most, in order; returns to how many. */
  serve(count: number): number {
    let served = 0
    while (served < count && !this.isDone) {
      const group = this.#nextGroup(Math.min(maxGroupSize, count - served))
      served += group.length
      this.#send(group)
    }
    return served
  }

  /** Returns the next recipients that were not served early, this many at most. */
  #nextGroup(size: number): readonly Recipient[] {
    const from = this.#position
    this.#position = Math.min(from + size, this.#recipients.length)
    const group = this.#recipients.slice(from, this.#position)
    return this.#early.size === 0 ? group : group.filter((_recipient, n) => !this.#early.delete(from + n))
  }

  /** Sends to one recipient before its turn. */
  serveEarly(recipient: Recipient): void {
    const index = this.#find(recipient)
    if (index === undefined || index < this.#position || this.#early.has(index)) return
    this.#early.add(index)
    this.#send([recipient])
  }
}

/** Returns what finds places in lists. It makes an index of a list when it is first asked, and keeps it. */
function createIndexes<Recipient>(): (list: readonly Recipient[], recipient: Recipient) => number | undefined {
  const indexes = new WeakMap<readonly Recipient[], Map<Recipient, number>>()
  return (list, recipient) => {
    const index = indexes.get(list) ?? new Map(list.map((one, n) => [one, n]))
    indexes.set(list, index)
    return index.get(recipient)
  }
}

export function createChunkedBroadcast<Recipient>(): ChunkedBroadcast<Recipient> {
  const indexIn = createIndexes<Recipient>()
  /** Oldest first. */
  const waiting: WaitingBroadcast<Recipient>[] = []
  let isRunning = false
  /** A message that is sent here may look like one for the socket alone. */
  let isSending = false

  /** Runs a step that sends. */
  function sending(step: () => void): void {
    isSending = true
    try {
      step()
    } finally {
      isSending = false
    }
  }

  function serveChunk(): void {
    let left = socketsPerChunk
    while (left > 0 && waiting[0]) {
      left -= waiting[0].serve(left)
      if (waiting[0].isDone) waiting.shift()
    }
  }

  function next(): void {
    sending(serveChunk)
    isRunning = waiting.length > 0
    if (isRunning) setImmediate(next)
  }

  /** Removes the broadcast that is replaced; returns the recipients that it has not reached. */
  function takeReplaced({ showId, replaces }: Broadcast<Recipient>): Recipient[] {
    const index = replaces === null ? -1 : waiting.findIndex(one => one.showId === showId && one.replaces === replaces)
    const [replaced] = index < 0 ? [] : waiting.splice(index, 1)
    return replaced?.unserved() ?? []
  }

  /** Puts those first that the replaced broadcast has not reached: otherwise the last would never be served. */
  function inOrder(broadcast: Broadcast<Recipient>): readonly Recipient[] {
    const missed = takeReplaced(broadcast)
    if (missed.length === 0) return broadcast.recipients
    const all = new Set(broadcast.recipients)
    return [...new Set([...missed.filter(recipient => all.has(recipient)), ...all])]
  }

  return {
    send(broadcast) {
      const recipients = inOrder(broadcast)
      waiting.push(new WaitingBroadcast({ ...broadcast, recipients }, recipient => indexIn(recipients, recipient)))
      const oldest = waiting.length > maxWaiting ? waiting.shift() : undefined
      if (oldest) sending(() => oldest.serve(Infinity))
      if (!isRunning) setImmediate(next)
      isRunning = true
    },
    flushFor(recipient) {
      if (isSending || waiting.length === 0) return
      sending(() => {
        for (const broadcast of waiting) broadcast.serveEarly(recipient)
      })
    }
  }
}
