import { notSupported } from '../errors.ts'

/** Number of names up to which a document's names are searched one by one. */
const maxFewNames = 16

const fieldsOfReference = ['$ref', '$id', '$db']

/** Returns the number that JavaScript takes a field's name for, or -1. It puts such fields before others, by number. */
function indexOfName(name: string): number {
  const first = name.charCodeAt(0)
  if (first < 0x30 || first > 0x39 || name.length > 10 || !/^(?:0|[1-9]\d*)$/.test(name)) return -1
  const index = Number(name)
  return index < 2 ** 32 - 1 ? index : -1
}

/** Checks that a JavaScript object keeps the names of a document and their order. */
export class NameChecker {
  /** An array is faster than a Set for the few fields that documents have. */
  readonly #few: string[] = []
  #many: Set<string> | undefined
  readonly #mayBeginWithId: boolean
  #previousIndex = -1
  #hasOthers = false
  #referenceFields = 0

  constructor(mayBeginWithId: boolean) {
    this.#mayBeginWithId = mayBeginWithId
  }

  #has(name: string): boolean {
    return this.#few.includes(name) || this.#many?.has(name) === true
  }

  add(name: string): void {
    if (this.#has(name)) throw notSupported(`A document with two fields '${name}'`)
    const isId = this.#mayBeginWithId && this.#few.length === 0 && name === '_id'
    if (this.#few.length < maxFewNames) this.#few.push(name)
    else this.#many = (this.#many ?? new Set<string>()).add(name)
    const index = indexOfName(name)
    if (index === -1) this.#hasOthers ||= !isId
    else {
      if (this.#hasOthers || index < this.#previousIndex) throw notSupported(`The field '${name}' behind others`)
      this.#previousIndex = index
    }
    if (name.charCodeAt(0) === 0x24) this.#addReferenceField(name)
  }

  /** `bson` makes an object of a class of a document with the fields of a reference, and writes them in this order. */
  #addReferenceField(name: string): void {
    const at = fieldsOfReference.indexOf(name)
    if (at === -1) return
    const isInOrder = at === this.#referenceFields && this.#many === undefined && this.#few.length === at + 1
    if (this.#has('$ref') && this.#has('$id') && !isInOrder) {
      throw notSupported('A DBRef with its fields in another order than $ref, $id, $db')
    }
    this.#referenceFields++
  }
}
