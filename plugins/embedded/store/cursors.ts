import { randomBytes } from 'node:crypto'
import { maxDocumentBytes } from '../bson/codec.ts'
import { CommandError } from '../errors.ts'

/** Time for which an unused cursor is kept, the same as in MongoDB. */
const idleTimeoutMs = 10 * 60_000

/** Time after which a batch ends with the documents that it has, so that no result delays other clients for long. */
const maxBatchMs = 20

/** A result that is read in batches. It keeps no statement of SQLite open between two batches. */
export class Cursor {
  readonly namespace: string
  readonly #documents: Iterator<Uint8Array | undefined>
  #next: IteratorResult<Uint8Array | undefined> | undefined

  /** @param documents where one is undefined, a batch may end */
  constructor(namespace: string, documents: Iterable<Uint8Array | undefined>) {
    this.namespace = namespace
    this.#documents = documents[Symbol.iterator]()
  }

  /**
   * Returns the next documents: at most `count`, and not more bytes than a reply may have. The batch ends when `maxMs`
   * is over, with more to take, but it has at least one document unless the documents pause.
   */
  take(count: number, maxMs = maxBatchMs): Uint8Array[] {
    const batch: Uint8Array[] = []
    const endMs = performance.now() + maxMs
    let bytes = 0
    while (batch.length < count) {
      if (batch.length > 0 && performance.now() > endMs) break
      const next = this.#peek()
      if (next.done) break
      if (next.value) {
        if (batch.length > 0 && bytes + next.value.byteLength > maxDocumentBytes) break
        batch.push(next.value)
        bytes += next.value.byteLength
      }
      this.#next = undefined
      if (!next.value && performance.now() > endMs) break
    }
    return batch
  }

  get isExhausted(): boolean {
    return this.#peek().done === true
  }

  close(): void {
    this.#documents.return?.()
  }

  #peek(): IteratorResult<Uint8Array | undefined> {
    this.#next ??= this.#documents.next()
    return this.#next
  }
}

/** The cursors from which clients may read more. */
export class Cursors {
  readonly #open = new Map<bigint, { cursor: Cursor; usedAtMs: number }>()

  /** Keeps a cursor and returns its id. */
  add(cursor: Cursor): bigint {
    const id = randomBytes(8).readBigInt64LE() & 0x7fffffffffffffffn || 1n
    this.#open.set(id, { cursor, usedAtMs: performance.now() })
    return id
  }

  /** Throws CursorNotFound. */
  get(id: bigint, namespace: string): Cursor {
    const open = this.#open.get(id)
    if (open?.cursor.namespace !== namespace) throw new CommandError('CursorNotFound', `cursor id ${id} not found`)
    open.usedAtMs = performance.now()
    return open.cursor
  }

  /** Returns whether there was such a cursor. */
  remove(id: bigint): boolean {
    this.#open.get(id)?.cursor.close()
    return this.#open.delete(id)
  }

  removeIdle(nowMs = performance.now()): void {
    for (const [id, { usedAtMs }] of this.#open) if (nowMs - usedAtMs > idleTimeoutMs) this.remove(id)
  }

  clear(): void {
    for (const id of this.#open.keys()) this.remove(id)
  }
}
