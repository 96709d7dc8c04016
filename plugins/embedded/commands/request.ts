import { decode, decodeLeavingRaw, isDoc, type Doc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError, notSupported } from '../errors.ts'
import type { Deadline } from '../query/find.ts'
import type { Collection } from '../store/collection.ts'
import type { Store } from '../store/store.ts'
import type { IncomingMessage } from '../wire/messages.ts'

/** What every command may carry. Sessions are only named, concerns only confirm what is done anyway: one node, always durable. */
const everywhere: ReadonlySet<string> = new Set([
  '$db',
  'lsid',
  '$clusterTime',
  '$readPreference',
  'readConcern',
  'writeConcern',
  'comment',
  'maxTimeMS'
])

/** What MongoDB knows and this store does not, on any command. */
const absent: Readonly<Record<string, string>> = {
  autocommit: 'A transaction',
  startTransaction: 'A transaction',
  txnNumber: 'A retryable write or transaction',
  collation: 'A collation',
  let: "The option 'let'",
  hint: "The option 'hint'",
  encryptionInformation: 'Encryption',
  apiVersion: 'The stable API',
  tailable: 'A tailable cursor',
  awaitData: 'A tailable cursor',
  min: "The option 'min'",
  max: "The option 'max'",
  returnKey: "The option 'returnKey'",
  showRecordId: "The option 'showRecordId'",
  explain: 'Explaining'
}

/** A command on its way: its name, its body, and the store it is for. */
export class Request {
  readonly store: Store
  readonly body: Doc
  readonly name: string
  readonly db: string
  readonly #message: IncomingMessage

  constructor(store: Store, message: IncomingMessage) {
    this.store = store
    this.#message = message
    this.body = decode(message.body)
    this.name = Object.keys(this.body)[0] ?? ''
    this.db = typeof this.body.$db === 'string' ? this.body.$db : 'admin'
  }

  get bytes(): Buffer {
    return this.#message.body
  }

  /** Refuses, naming it, an option that is not among those given; false and null are as good as absent. */
  allow(options: readonly string[]): void {
    for (const [option, value] of Object.entries(this.body)) {
      if (option === this.name || options.includes(option) || everywhere.has(option)) continue
      if (value === false || value === null) continue
      const what = absent[option]
      if (what) throw notSupported(what)
      throw new CommandError('UnknownField', `BSON field '${this.name}.${option}' is an unknown field.`)
    }
  }

  /** The collection's name, which is the value of the command's own field. */
  get collectionName(): string {
    const name = this.body[this.name]
    if (typeof name !== 'string' || name === '') {
      throw new CommandError('InvalidNamespace', `collection name has invalid type or is empty in ${this.name}`)
    }
    return name
  }

  get namespace(): string {
    return `${this.db}.${this.collectionName}`
  }

  get collection(): Collection | undefined {
    return this.store.catalog.find(this.db, this.collectionName)
  }

  get deadline(): Deadline {
    const maxTimeMs = this.number('maxTimeMS')
    return { atMs: maxTimeMs === 0 ? Infinity : performance.now() + maxTimeMs }
  }

  doc(option: string): Doc {
    const value = this.body[option] ?? {}
    if (!isDoc(value)) {
      throw new CommandError(
        'TypeMismatch',
        `BSON field '${this.name}.${option}' is the wrong type, expected type 'object'`
      )
    }
    return value
  }

  flag(option: string): boolean {
    const value = this.body[option] ?? false
    if (typeof value !== 'boolean' && numberIn(value) === undefined) {
      throw new CommandError(
        'TypeMismatch',
        `BSON field '${this.name}.${option}' is the wrong type, expected type 'bool'`
      )
    }
    return value === true || (numberIn(value) ?? 0) !== 0
  }

  /** A whole number from 0 on; 0 when it is absent. */
  number(option: string): number {
    const value = this.body[option] ?? 0
    const number = numberIn(value)
    if (number === undefined) {
      throw new CommandError('TypeMismatch', `BSON field '${this.name}.${option}' is the wrong type, expected a number`)
    }
    if (number < 0 || !Number.isInteger(number)) {
      throw new CommandError(
        'BadValue',
        `BSON field '${option}' value must be >= 0 and whole, actual value '${number}'`
      )
    }
    return number
  }

  /** The documents of `insert`, the statements of `update` and `delete`, as bytes: sent in the body or beside it. */
  documents(field: string): Uint8Array[] {
    const beside = this.#message.sequences.get(field)
    if (beside) return beside
    const inside = decodeLeavingRaw(this.#message.body, { [field]: true })[field]
    const bytes = Array.isArray(inside) ? inside.filter(each => each instanceof Uint8Array) : []
    if (bytes.length === 0) {
      throw new CommandError('InvalidOptions', `Write batch sizes must be between 1 and 100000: '${field}' is empty`)
    }
    return bytes
  }
}

/** One command: whether it writes, and how it is answered. */
export interface Command {
  writes: boolean
  run: (request: Request) => Uint8Array
}
