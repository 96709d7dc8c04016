import type { ShowEventDocument } from '../../../plugins/app/shows/log-records.ts'
import { RecordConflict, type KeyValues, type RecordRange } from '../../../plugins/external/records/record-store.ts'

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

/** The records of one log's slots, in memory. Every insert of a document, and every read, waits for `pause`. */
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

  async append(documents: readonly ShowEventDocument[]): Promise<void> {
    const [taken] = await this.#insert(documents, this.#order === 'ordered')
    if (taken !== undefined) throw new RecordConflict('showEvents', taken)
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

  async find(_key: 'place', [showId, seq]: KeyValues): Promise<ShowEventDocument | null> {
    await this.#pause('read slot')
    return this.#slots.get(`${String(showId)}:${String(seq)}`) ?? null
  }

  async findMany(places: readonly KeyValues[]): Promise<ShowEventDocument[]> {
    await this.#pause('read slots')
    const seqs = new Set(places.map(([, seq]) => seq))
    return this.stored().filter(({ seq }) => seqs.has(seq))
  }

  async *list(
    _key: 'place',
    _values: KeyValues,
    { after: [afterSeq = 0] = [0], reverse = false, limit }: RecordRange = {}
  ): AsyncGenerator<ShowEventDocument> {
    await this.#pause('read slots')
    const found = this.stored().filter(({ seq }) => seq > Number(afterSeq))
    yield* (reverse ? found.toReversed() : found).slice(0, limit)
  }
}
