import { assertReadable } from '../bson/check.ts'
import { decode, decodeLeavingRaw, isDoc, type Doc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError, notSupported } from '../errors.ts'
import type { Deadline } from '../query/find.ts'
import type { Collection } from '../store/collection.ts'
import type { Store } from '../store/store.ts'
import { unsupportedOptions } from '../unsupported.ts'
import type { IncomingMessage } from '../wire/messages.ts'

/**
 * Options that every command may have. A session is only a name here, and concerns have no effect: there is one node,
 * and every write is durable.
 */
const commonOptions: ReadonlySet<string> = new Set([
  '$db',
  'lsid',
  '$clusterTime',
  '$readPreference',
  'readConcern',
  'writeConcern',
  'comment',
  'maxTimeMS'
])

/**
 * Throws, naming it, for an option that is not among the given ones. An unsupported one that is false or null counts as
 * absent.
 */
export function assertOptions(owner: string, given: Doc, isAllowed: (option: string) => boolean): void {
  for (const [option, value] of Object.entries(given)) {
    if (isAllowed(option)) continue
    const isUnsupported = unsupportedOptions.has(option)
    if (isUnsupported && (value === false || value === null)) continue
    if (isUnsupported) throw notSupported(`The option '${option}' of ${owner}`)
    throw new CommandError('UnknownField', `BSON field '${owner}.${option}' is an unknown field.`)
  }
}

/** Returns the index that a command or a statement names, or undefined. An empty document names none. */
export function hintIn({ hint }: Doc): unknown {
  return hint === null || (isDoc(hint) && Object.keys(hint).length === 0) ? undefined : hint
}

/** A command that a client sent: its name, its body, and the store that it is for. */
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

  /** Throws for bytes that are not BSON, or that the store cannot keep without a change. */
  assertReadable(): void {
    assertReadable(this.#message.body, false)
    for (const documents of this.#message.sequences.values()) for (const each of documents) assertReadable(each, true)
  }

  /** Throws, naming it, for an option that is not among the given ones or the common ones. */
  allowOptions(options: readonly string[]): void {
    assertOptions(
      this.name,
      this.body,
      option => option === this.name || options.includes(option) || commonOptions.has(option)
    )
  }

  /** The collection's name, which is the value of the field that names the command. */
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

  /** The index that the client names, or undefined. */
  get hint(): unknown {
    return hintIn(this.body)
  }

  /** Returns an option that is a document; an empty one if it is absent. */
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

  /** Returns an option that is a boolean, or a number that counts as one; false if it is absent. */
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

  /** Returns an option that is a whole number of at least 0; 0 if it is absent. */
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

  /**
   * Returns the documents of `insert`, or the statements of `update` and `delete`, as bytes. They are in the body or
   * beside it.
   */
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

/** A command of the protocol: whether it writes, and how it is answered. */
export interface Command {
  writes: boolean
  run: (request: Request) => Uint8Array
}
