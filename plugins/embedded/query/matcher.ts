import { isDoc, isOperatorObject, type Doc } from '../bson/codec.ts'
import { someValueAt } from '../bson/paths.ts'
import { CommandError, notSupported } from '../errors.ts'
import { unsupportedQueryOperators } from '../unsupported.ts'
import { fieldOperators, type DocumentTest, type FieldOperator } from './operators.ts'

/** Whether a document, decoded for reading, matches a query. */
export type Matcher = (doc: Doc) => boolean

function unknownOperator(name: string, message: string): CommandError {
  return unsupportedQueryOperators.has(name)
    ? notSupported(`The query operator ${name}`)
    : new CommandError('BadValue', `${message}: ${name}`)
}

/** `$elemMatch`: whether one document of an array matches a query. */
const elementMatches: FieldOperator = (path, query) => {
  if (!isDoc(query)) throw new CommandError('BadValue', '$elemMatch needs an Object')
  const first = Object.keys(query)[0]
  if (first?.startsWith('$') && first !== '$and' && first !== '$or') {
    throw notSupported(`The operator ${first} on the elements of an array ($elemMatch)`)
  }
  const matches = compileMatcher(query)
  // MongoDB takes an array inside an array as a document with the fields 0, 1, ….
  const docIn = (element: unknown): Doc | undefined =>
    isDoc(element) ? element : Array.isArray(element) ? { ...element } : undefined
  const isMatch = (element: unknown) => {
    const doc = docIn(element)
    return doc !== undefined && matches(doc)
  }
  const hasMatch = (value: unknown) => Array.isArray(value) && value.some(isMatch)
  return doc => someValueAt(doc, path, hasMatch, false)
}

function operatorOf(name: string): FieldOperator {
  if (name === '$elemMatch') return elementMatches
  const operator = Object.hasOwn(fieldOperators, name) ? fieldOperators[name] : undefined
  if (!operator) throw unknownOperator(name, 'unknown operator')
  return operator
}

function conditionTests(field: string, condition: unknown): DocumentTest[] {
  const path = field.split('.')
  return Object.entries(isOperatorObject(condition) ? condition : { $eq: condition }).map(([name, argument]) =>
    operatorOf(name)(path, argument)
  )
}

function clauseMatchers(name: string, clauses: unknown): Matcher[] {
  if (!Array.isArray(clauses) || clauses.length === 0) {
    throw new CommandError('BadValue', `${name} must be a nonempty array`)
  }
  return clauses.map((clause: unknown) => {
    if (!isDoc(clause)) throw new CommandError('BadValue', `${name} entries need to be full objects`)
    return compileMatcher(clause)
  })
}

function testsOf(key: string, value: unknown): Matcher[] {
  if (key === '$and') return clauseMatchers(key, value)
  if (key === '$or') {
    const branches = clauseMatchers(key, value)
    return [doc => branches.some(matches => matches(doc))]
  }
  if (key.startsWith('$')) throw unknownOperator(key, 'unknown top level operator')
  return conditionTests(key, value)
}

/** Compiles a query. Throws BadValue or CommandNotSupported that names the operator the store does not know. */
export function compileMatcher(filter: Doc): Matcher {
  const tests = Object.entries(filter).flatMap(([key, value]) => testsOf(key, value))
  const [only] = tests
  if (only && tests.length === 1) return only
  return doc => tests.every(test => test(doc))
}
