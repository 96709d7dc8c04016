import { randomBytes } from 'node:crypto'
import { maxDocumentBytes } from '../bson/codec.ts'
import { CommandError } from '../errors.ts'

/** As long as MongoDB keeps a cursor that nobody asks. */
const idleTimeoutMs = 10 * 60_000

/** A result that is read in batches. Holds nothing open in SQLite while it rests. */
export class Cursor {
  readonly namespace: string
  readonly #documents: Iterator<Uint8Array>
  #next: IteratorResult<Uint8Array> | undefined

  constructor(namespace: string, documents: Iterable<Uint8Array>) {
    this.namespace = namespace
    this.#documents = documents[Symbol.iterator]()
  }

  /** The next documents: at most `count`, and no more bytes than a reply may have (one document always). */
  take(count: number): Uint8Array[] {
    const batch: Uint8Array[] = []
    let bytes = 0
    while (batch.length < count) {
      const next = this.#peek()
      if (next.done || (batch.length > 0 && bytes + next.value.byteLength > maxDocumentBytes)) break
      batch.push(next.value)
      bytes += next.value.byteLength
      this.#next = undefined
    }
    return batch
  }

  get exhausted(): boolean {
    return this.#peek().done === true
  }

  close(): void {
    this.#documents.return?.()
  }

  #peek(): IteratorResult<Uint8Array> {
    this.#next ??= this.#documents.next()
    return this.#next
  }
}

/** The cursors that clients may come back to. */
export class Cursors {
  readonly #open = new Map<bigint, { cursor: Cursor; usedAt: number; keep: boolean }>()

  /** Keeps a cursor, `keep` for as long as the server lives, and names it. */
  add(cursor: Cursor, keep: boolean): bigint {
    const id = randomBytes(8).readBigInt64LE() & 0x7fffffffffffffffn || 1n
    this.#open.set(id, { cursor, usedAt: performance.now(), keep })
    return id
  }

  /** Throws CursorNotFound. */
  get(id: bigint, namespace: string): Cursor {
    const open = this.#open.get(id)
    if (open?.cursor.namespace !== namespace) throw new CommandError('CursorNotFound', `cursor id ${id} not found`)
    open.usedAt = performance.now()
    return open.cursor
  }

  /** Whether there was such a cursor. */
  remove(id: bigint): boolean {
    this.#open.get(id)?.cursor.close()
    return this.#open.delete(id)
  }

  removeIdle(now = performance.now()): void {
    for (const [id, { usedAt, keep }] of this.#open) if (!keep && now - usedAt > idleTimeoutMs) this.remove(id)
  }

  clear(): void {
    for (const id of this.#open.keys()) this.remove(id)
  }
}
