import { MongoBulkWriteError, MongoServerError } from 'mongodb'
import type { ShowEventDocument } from '../../../plugins/app/shows/log-records.ts'

/**
 * The order in which the database inserts several documents: in order up to the first that fails, as asked, or every
 * document that it can.
 */
export type InsertOrder = 'ordered' | 'unordered'

/** The inserts (by their number) whose connection is lost. */
export interface InsertFailures {
  /** After the database has carried them out. */
  readonly after: readonly number[]
  /** After their first document. */
  readonly halfway: readonly number[]
}

interface Query {
  _id?: string | { $in: string[] }
  seq?: { $gt?: number; $lte?: number }
}

/** The collection of one log's slots, in memory. Every insert of a document, and every read, waits for `pause`. */
export class FakeEvents {
  readonly #slots = new Map<string, ShowEventDocument>()
  readonly #order: InsertOrder
  readonly #failures: InsertFailures
  readonly #pause: (label: string) => Promise<void>
  #inserts = 0

  constructor(order: InsertOrder, failures: InsertFailures, pause: (label: string) => Promise<void>) {
    this.#order = order
    this.#failures = failures
    this.#pause = pause
  }

  /** Everything stored, in the order of the slots. */
  stored(): ShowEventDocument[] {
    return [...this.#slots.values()].sort((a, b) => a.seq - b.seq)
  }

  async insertMany(documents: ShowEventDocument[], { ordered }: { ordered: boolean }): Promise<void> {
    const taken = await this.#insert(documents, ordered && this.#order === 'ordered')
    if (taken.length === 0) return
    const writeErrors = taken.map(index => ({ code: 11000, index }))
    throw new MongoBulkWriteError({ message: 'duplicate key', writeErrors } as never, {} as never)
  }

  async insertOne(document: ShowEventDocument): Promise<void> {
    const taken = await this.#insert([document], true)
    if (taken.length > 0) throw new MongoServerError({ message: 'duplicate key', code: 11000 })
  }

  /** Returns the positions of the documents whose slot was taken. */
  async #insert(documents: readonly ShowEventDocument[], isOrdered: boolean): Promise<number[]> {
    const insert = this.#inserts++
    const taken: number[] = []
    for (const [index, document] of documents.entries()) {
      await this.#pause(`insert ${document._id}`)
      if (index > 0 && this.#failures.halfway.includes(insert)) throw new Error('connection lost')
      if (!this.#slots.has(document._id)) this.#slots.set(document._id, document)
      else {
        taken.push(index)
        if (isOrdered) break
      }
    }
    await this.#pause('answer')
    if (this.#failures.after.includes(insert)) throw new Error('connection lost')
    return taken
  }

  /** The newest record of the log, or one slot. */
  async findOne({ _id }: Query): Promise<ShowEventDocument | null> {
    await this.#pause('read slot')
    return (_id === undefined ? this.stored().at(-1) : this.#slots.get(_id as string)) ?? null
  }

  find({ _id, seq }: Query) {
    const select = async () => {
      await this.#pause('read slots')
      const ids = typeof _id === 'object' ? _id.$in : undefined
      return this.stored().filter(slot => (ids ? ids.includes(slot._id) : slot.seq > (seq?.$gt ?? 0)))
    }
    return {
      toArray: select,
      sort: () => ({
        async *[Symbol.asyncIterator]() {
          yield* await select()
        }
      })
    }
  }
}
