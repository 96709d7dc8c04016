import { isDoc, ownField } from './codec.ts'

const index = /^\d+$/

export function isArrayIndex(part: string): boolean {
  return index.test(part)
}

/** Tests one value found at a path; `undefined` stands for a missing one. */
export type ValueTest = (value: unknown) => boolean

/**
 * Whether one of the values at a path passes, looking into the elements of arrays on the way, as MongoDB's queries do.
 * An array at the path itself is tested whole; its elements are tested too where `intoLast` says so.
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
    // An element named by its place is tested as it is, also if it is an array.
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

/** Every value at a path, the elements of an array on the way one by one, an array at its end whole. Missing ones are left out. */
export function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  const found: unknown[] = []
  someValueAt(
    value,
    path,
    each => {
      if (each !== undefined) found.push(each)
      return false
    },
    false
  )
  return found
}
