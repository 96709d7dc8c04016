import { BSONRegExp } from 'bson'
import { Context } from 'mingo/core'
import { $and, $nor, $not, $or } from 'mingo/operators/query/logical'
import { $expr } from 'mingo/operators/query/evaluation'
import { Query } from 'mingo/query'
import { expressionContext, prepareOptions } from '../aggregate/expressions.ts'
import { checkExpression } from '../aggregate/check-expression.ts'
import { isDoc, type Doc } from '../bson/codec.ts'
import type { ValueTest } from '../bson/paths.ts'
import { CommandError } from '../errors.ts'
import { compilePattern, fieldOperators } from './operators.ts'

/** Whether a document, decoded for reading, matches. */
export type Matcher = (doc: Doc) => boolean

const element = fieldOperators(elementMatch)

const options = prepareOptions(
  Context.from(expressionContext, Context.init().addQueryOps({ $and, $nor, $not, $or, $expr, ...element }))
)

const logical = new Set(['$and', '$or', '$nor'])

function isOperatorObject(value: unknown): value is Doc {
  return isDoc(value) && Object.keys(value)[0]?.startsWith('$') === true
}

function prepareOperator(name: string, argument: unknown): unknown {
  if (name === '$not') {
    if (!(argument instanceof BSONRegExp) && !isOperatorObject(argument)) {
      throw new CommandError('BadValue', '$not needs a regex or a document')
    }
    return prepareCondition(argument)
  }
  if (!(name in element)) throw new CommandError('BadValue', `unknown operator: ${name}`)
  return argument
}

/** A field's condition as mingo reads it: a bare pattern and `$options` become one `$regex`, everything else stays as it is. */
function prepareCondition(condition: unknown): unknown {
  if (condition instanceof BSONRegExp) return { $regex: compilePattern(condition) }
  if (!isOperatorObject(condition)) return { $eq: condition }
  const { $options, ...operators } = condition
  if ($options !== undefined && operators.$regex === undefined) {
    throw new CommandError('BadValue', '$options needs a $regex')
  }
  if (operators.$regex !== undefined) operators.$regex = compilePattern(operators.$regex, $options)
  return Object.fromEntries(
    Object.entries(operators).map(([name, argument]) => [name, prepareOperator(name, argument)])
  )
}

function prepareLogical(name: string, clauses: unknown): unknown {
  if (!Array.isArray(clauses) || clauses.length === 0) {
    throw new CommandError('BadValue', `${name} must be a nonempty array`)
  }
  return clauses.map(clause => {
    if (!isDoc(clause)) throw new CommandError('BadValue', `${name} entries need to be full objects`)
    return prepare(clause)
  })
}

function prepare(filter: Doc): Doc {
  const prepared: Doc = {}
  for (const [key, value] of Object.entries(filter)) {
    if (logical.has(key)) prepared[key] = prepareLogical(key, value)
    else if (key === '$expr') {
      checkExpression(value)
      prepared[key] = value
    } else if (key.startsWith('$')) throw new CommandError('BadValue', `unknown top level operator: ${key}`)
    else prepared[key] = prepareCondition(value)
  }
  return prepared
}

/** Compiles a query. Throws BadValue that names what it does not know. */
export function compileMatcher(filter: Doc): Matcher {
  const query = new Query(prepare(filter), options)
  return doc => query.test(doc)
}

/** `$elemMatch`: conditions on the element itself (`{ $gt: 1 }`), or a query on the document that it is. */
function elementMatch(query: unknown): ValueTest {
  if (!isDoc(query)) throw new CommandError('BadValue', '$elemMatch needs an Object')
  const first = Object.keys(query)[0]
  if (first?.startsWith('$') && !logical.has(first) && first !== '$expr') {
    const matches = compileMatcher({ element: query })
    // The element stands as it is: an array inside the array is not looked into.
    return value => matches({ element: Array.isArray(value) ? [value] : value })
  }
  const matches = compileMatcher(query)
  return value => isDoc(value) && matches(value)
}
