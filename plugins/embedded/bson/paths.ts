import { isDoc, ownField } from './codec.ts'

const arrayIndex = /^(?:0|[1-9]\d*)$/

/** Whether a part of a path can be the index of an array's element. */
export function isArrayIndex(part: string): boolean {
  return arrayIndex.test(part)
}

/** Tests one value at a path. `undefined` means that the value is missing. */
export type ValueTest = (value: unknown) => boolean

/**
 * Whether one of the values at a path passes a test. Follows the elements of arrays on the way, as MongoDB's queries
 * do. An array at the end of the path is tested as a whole and, if `intoLast` is set, element by element as well.
 */
export function someValueAt(
  value: unknown,
  path: readonly string[],
  test: ValueTest,
  intoLast = true,
  from = 0
): boolean {
  const part = path[from]
  if (part === undefined) {
    return (intoLast && Array.isArray(value) && value.some(test)) || test(value)
  }
  if (Array.isArray(value)) {
    // An element that the path names by its index is tested as a whole, even if it is an array.
    if (
      isArrayIndex(part) &&
      Number(part) < value.length &&
      someValueAt(value[Number(part)], path, test, intoLast && from + 1 < path.length, from + 1)
    ) {
      return true
    }
    return value.some(element => isDoc(element) && someValueAt(element, path, test, intoLast, from))
  }
  return someValueAt(isDoc(value) ? ownField(value, part) : undefined, path, test, intoLast, from + 1)
}
