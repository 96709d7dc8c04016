import { isUtf8 } from 'node:buffer'
import { CommandError, notSupported } from '../errors.ts'
import { NameChecker } from './names.ts'

/** Maximum depth of documents and arrays inside of each other, the same as MongoDB's. */
const maxDepth = 180

/** The largest distance of a date from 1970 that JavaScript can hold, in milliseconds. */
const maxDateMs = 8_640_000_000_000_000n

const types = {
  double: 0x01,
  string: 0x02,
  document: 0x03,
  array: 0x04,
  binary: 0x05,
  undefined: 0x06,
  boolean: 0x08,
  date: 0x09,
  regex: 0x0b,
  dbPointer: 0x0c,
  code: 0x0d,
  symbol: 0x0e,
  codeWithScope: 0x0f
} as const

/** Sizes of the types whose size is always the same. */
const fixedSizes: ReadonlyMap<number, number> = new Map([
  [types.double, 8],
  [0x07, 12],
  [types.boolean, 1],
  [types.date, 8],
  [0x0a, 0],
  [0x10, 4],
  [0x11, 8],
  [0x12, 8],
  [0x13, 16],
  [0x7f, 0],
  [0xff, 0]
])

function invalid(reason: string): CommandError {
  return new CommandError('InvalidBSON', `invalid BSON: ${reason}`)
}

/**
 * Checks bytes before anything reads them as BSON: they must be valid, and JavaScript objects must be able to hold them
 * without a change.
 */
class BsonChecker {
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Checks a document or array and returns its end. `limit` is the end of what contains it. */
  check(start: number, limit: number, isArray: boolean, depth: number, mayBeginWithId: boolean): number {
    if (depth > maxDepth) throw new CommandError('Overflow', `BSON is nested deeper than ${maxDepth} levels`)
    const end = start + this.#int32(start, limit)
    if (end < start + 5 || end > limit) throw invalid('the length of a document')
    const names = isArray ? undefined : new NameChecker(mayBeginWithId)
    let at = start + 4
    for (let n = 0; this.#bytes[at] !== 0; n++) {
      const type = this.#bytes[at] ?? 0
      const nameEnd = this.#textEnd(at + 1, end)
      const name = this.#bytes.toString('latin1', at + 1, nameEnd - 1)
      if (!names && name !== String(n)) throw notSupported(`An array with the field '${name}' at place ${n}`)
      names?.add(name)
      if (name === '$ref' || name === '$db') this.#checkReference(name, type, nameEnd)
      // The documents of an `insert` may be in an array of its body.
      const isStored = depth === 1 && isArray
      at = this.#checkValue(type, nameEnd, end - 1, depth, isStored || (depth === 0 && name === 'documents'))
    }
    if (at !== end - 1) throw invalid('the end of a document')
    return end
  }

  #checkValue(type: number, at: number, limit: number, depth: number, isStored: boolean): number {
    const size = fixedSizes.get(type)
    if (size !== undefined) {
      if (at + size > limit) throw invalid('a value at the end')
      this.#checkFixed(type, at)
      return at + size
    }
    switch (type) {
      case types.string:
        // The decoder checks that the text is UTF-8.
        return this.#stringEnd(at, limit)
      case types.code:
      case types.symbol:
        return this.#checkString(at, limit)
      case types.document:
      case types.array:
        return this.check(at, limit, type === types.array, depth + 1, isStored)
      case types.binary:
        return this.#checkBinary(at, limit)
      case types.regex:
        return this.#checkRegex(at, limit)
      case types.codeWithScope:
        return this.#checkCodeWithScope(at, limit, depth)
      case types.undefined:
        throw notSupported('The BSON type undefined')
      case types.dbPointer:
        throw notSupported('The BSON type DBPointer')
      default:
        throw invalid(`the type ${type}`)
    }
  }

  /** `bson` splits a `$ref` at its dot, and drops a `$db` that is null. */
  #checkReference(name: string, type: number, at: number): void {
    const isText = type === types.string
    const hasDot = isText && name === '$ref' && this.#textOf(at).includes('.')
    if (hasDot || (!isText && name === '$db')) throw notSupported(`A DBRef with such a ${name}`)
  }

  #checkFixed(type: number, at: number): void {
    if (type === types.boolean && (this.#bytes[at] ?? 2) > 1) throw invalid('a boolean')
    if (type !== types.date) return
    const ms = this.#bytes.readBigInt64LE(at)
    if (ms > maxDateMs || ms < -maxDateMs) throw notSupported('A date that JavaScript cannot hold')
  }

  #textOf(at: number): Buffer {
    return this.#bytes.subarray(at + 4, at + 4 + this.#int32(at, this.#bytes.length))
  }

  #stringEnd(at: number, limit: number): number {
    const length = this.#int32(at, limit)
    const end = at + 4 + length
    if (length < 1 || end > limit || this.#bytes[end - 1] !== 0) throw invalid('a string')
    return end
  }

  #checkString(at: number, limit: number): number {
    const end = this.#stringEnd(at, limit)
    if (!isUtf8(this.#bytes.subarray(at + 4, end - 1))) throw invalid('a string that is not UTF-8')
    return end
  }

  #checkBinary(at: number, limit: number): number {
    const length = this.#int32(at, limit)
    const end = at + 5 + length
    if (length < 0 || end > limit) throw invalid('a binary value')
    const isOldKind = this.#bytes[at + 4] === 2
    if (isOldKind && this.#int32(at + 5, end) !== length - 4) throw invalid('a binary value of subtype 2')
    return end
  }

  #checkRegex(at: number, limit: number): number {
    const options = this.#textEnd(at, limit)
    const end = this.#textEnd(options, limit)
    const letters = this.#bytes.toString('latin1', options, end - 1)
    if ([...letters].toSorted().join('') !== letters) {
      throw notSupported('A regular expression with options out of alphabetical order')
    }
    return end
  }

  #checkCodeWithScope(at: number, limit: number, depth: number): number {
    const end = at + this.#int32(at, limit)
    if (end > limit || end < at) throw invalid('code with scope')
    const scope = this.#checkString(at + 4, end)
    if (this.check(scope, end, false, depth + 1, false) !== end) throw invalid('code with scope')
    return end
  }

  #int32(at: number, limit: number): number {
    if (at + 4 > limit) throw invalid('a length at the end')
    return this.#bytes.readInt32LE(at)
  }

  /** Returns the place behind the zero byte that ends a text. */
  #textEnd(at: number, limit: number): number {
    let end = at
    let bits = 0
    for (let byte = this.#bytes[end]; byte !== 0; byte = this.#bytes[++end]) {
      if (byte === undefined || end >= limit) throw invalid('a text without an end')
      bits |= byte
    }
    if (bits >= 0x80 && !isUtf8(this.#bytes.subarray(at, end))) throw invalid('a text that is not UTF-8')
    return end + 1
  }
}

/**
 * Throws InvalidBSON for bytes that are not BSON, and CommandNotSupported for a document that a JavaScript object
 * cannot hold: it would come back changed. That is a document with two fields of the same name, with numbers as names
 * that are not in order before other names, or with a value of the types undefined and DBPointer. A document that is
 * stored may begin with its `_id`.
 */
export function assertReadable(bytes: Uint8Array, isStored: boolean): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = new BsonChecker(buffer).check(0, buffer.length, false, 0, isStored)
  if (end !== buffer.length) throw invalid('the length of a document')
}
