import { isDoc } from '../bson/codec.ts'
import { CommandError, notSupported } from '../errors.ts'
import { compileMatcher } from '../query/matcher.ts'

/** A part of an update's path that stands for elements of an array: `$[]` for all, `$[name]` for those of a filter. */
export class ElementSelector {
  readonly text: string
  readonly matches: (element: unknown) => boolean

  constructor(text: string, matches: (element: unknown) => boolean) {
    this.text = text
    this.matches = matches
  }
}

function failed(message: string): CommandError {
  return new CommandError('FailedToParse', message)
}

/** Returns the name that all fields of a filter begin with. */
function nameOf(filter: unknown): string {
  const fields = isDoc(filter) ? Object.keys(filter) : []
  const [first] = fields
  if (first === undefined) throw failed('Cannot use an expression without a top-level field name in arrayFilters')
  if (first.startsWith('$')) throw notSupported(`The operator ${first} at the top of arrayFilters`)
  const [name = ''] = first.split('.')
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) {
    throw new CommandError(
      'BadValue',
      `The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${name}'`
    )
  }
  const other = fields.find(field => field.split('.')[0] !== name)
  if (other !== undefined) {
    throw failed(`Expected a single top-level field name, found '${name}' and '${other.split('.')[0] ?? ''}'`)
  }
  return name
}

/**
 * Remembers what a filter said about an element before it was changed: one change of an element must not decide about
 * the next one.
 */
function remembered(matches: (element: unknown) => boolean): (element: unknown) => boolean {
  const known = new WeakMap<object, boolean>()
  return element => {
    if (typeof element !== 'object' || element === null) return matches(element)
    const result = known.get(element) ?? matches(element)
    known.set(element, result)
    return result
  }
}

/** The filters of an update that choose elements of arrays, by name. */
export class ArrayFilters {
  readonly #filters = new Map<string, (element: unknown) => boolean>()
  readonly #unused = new Set<string>()

  /** Reads the option `arrayFilters` of an update. */
  constructor(option: unknown) {
    if (option === undefined || option === null) return
    if (!Array.isArray(option)) throw new CommandError('TypeMismatch', "'arrayFilters' must be an array")
    for (const filter of option) {
      const name = nameOf(filter)
      if (this.#filters.has(name)) {
        throw failed(`Found multiple array filters with the same top-level field name ${name}`)
      }
      const matches = compileMatcher(filter)
      this.#filters.set(
        name,
        remembered(element => matches({ [name]: element }))
      )
      this.#unused.add(name)
    }
  }

  /** Returns what a part of a path such as `$[name]` selects, or undefined if the part is the name of a field. */
  selectorOf(part: string, path: string): ElementSelector | undefined {
    if (!part.startsWith('$[') || !part.endsWith(']')) return undefined
    const name = part.slice(2, -1)
    if (name === '') return new ElementSelector(part, () => true)
    const matches = this.#filters.get(name)
    if (!matches) {
      throw new CommandError('BadValue', `No array filter found for identifier '${name}' in path '${path}'`)
    }
    this.#unused.delete(name)
    return new ElementSelector(part, matches)
  }

  /** Throws if the update has not used one of the filters. */
  assertAllUsed(): void {
    const [unused] = this.#unused
    if (unused !== undefined) {
      throw failed(`The array filter for identifier '${unused}' was not used in the update`)
    }
  }
}
