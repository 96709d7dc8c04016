import { BSON, Decimal128, Long, ObjectId, type Document } from 'mongodb'

const { EJSON } = BSON

/** Describes the first difference between a result and what a case expects; undefined if there is none. */
type Difference = string | undefined

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function numberOf(value: unknown): number | bigint | undefined {
  if (typeof value === 'number') return value
  return Long.isLong(value) ? value.toBigInt() : undefined
}

const typeTests: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: value => typeof value === 'string',
  object: isDocument,
  array: Array.isArray,
  objectId: value => value instanceof ObjectId,
  date: value => value instanceof Date,
  bool: value => typeof value === 'boolean',
  int: Number.isInteger,
  long: value => numberOf(value) !== undefined,
  double: value => typeof value === 'number',
  number: value => numberOf(value) !== undefined,
  decimal: value => value instanceof Decimal128
}

function hexOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
}

function differenceFromSpecial(
  operator: string,
  argument: unknown,
  actual: unknown,
  entities: ReadonlyMap<string, unknown>,
  isRoot: boolean,
  at: string
): Difference {
  switch (operator) {
    case '$$exists':
      return (actual !== undefined) === argument ? undefined : `${at} ${argument ? 'is missing' : 'must not exist'}`
    case '$$unsetOrMatches':
      return actual === undefined || actual === null ? undefined : difference(argument, actual, entities, isRoot, at)
    case '$$type': {
      const names = Array.isArray(argument) ? argument : [argument]
      if (names.some(name => !typeTests[String(name)])) throw new Error(`no test for the type ${String(argument)}`)
      return names.some(name => typeTests[String(name)]?.(actual)) ? undefined : `${at} is not ${names.join(' or ')}`
    }
    case '$$matchesEntity':
      return difference(entities.get(String(argument)), actual, entities, isRoot, at)
    case '$$matchesHexBytes':
      return hexOf(actual) === argument ? undefined : `${at} is ${hexOf(actual)}, not ${String(argument)}`
    default:
      throw new Error(`unknown operator ${operator} in a case`)
  }
}

function differenceOfDocuments(
  expected: Document,
  actual: Document,
  entities: ReadonlyMap<string, unknown>,
  isRoot: boolean,
  at: string
): Difference {
  for (const [field, value] of Object.entries(expected)) {
    const found = difference(value, actual[field], entities, false, `${at}.${field}`)
    if (found) return found
  }
  if (isRoot) return undefined
  const extra = Object.keys(actual).find(field => !Object.hasOwn(expected, field) && actual[field] !== undefined)
  return extra === undefined ? undefined : `${at}.${extra} is unexpected`
}

/**
 * Compares a result with what a case expects, by the rules of the unified test format: numbers by value, and a document
 * at the root may have further fields.
 */
export function difference(
  expected: unknown,
  actual: unknown,
  entities: ReadonlyMap<string, unknown>,
  isRoot = true,
  at = 'result'
): Difference {
  if (isDocument(expected)) {
    const [operator] = Object.keys(expected)
    if (operator?.startsWith('$$')) {
      return differenceFromSpecial(operator, expected[operator], actual, entities, isRoot, at)
    }
    if (typeof actual !== 'object' || actual === null) return `${at} is ${EJSON.stringify(actual)}, not a document`
    return differenceOfDocuments(expected, actual, entities, isRoot, at)
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) {
      return `${at} is ${EJSON.stringify(actual)}, not ${EJSON.stringify(expected)}`
    }
    for (const [n, value] of expected.entries()) {
      const found = difference(value, actual[n], entities, isRoot, `${at}[${n}]`)
      if (found) return found
    }
    return undefined
  }
  const [x, y] = [numberOf(expected), numberOf(actual)]
  const isEqual =
    x !== undefined && y !== undefined ? Number(x) === Number(y) : EJSON.stringify(expected) === EJSON.stringify(actual)
  return isEqual ? undefined : `${at} is ${EJSON.stringify(actual)}, not ${EJSON.stringify(expected)}`
}
