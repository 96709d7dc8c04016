import { isDoc, type Doc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError } from '../errors.ts'
import { compileProjection } from '../query/projection.ts'
import { checkExpression } from './check-expression.ts'
import { evaluate } from './expressions.ts'
import { withValueAt } from './paths.ts'

/** Makes one document of another. */
export type DocumentMap = (doc: Doc) => Doc

interface Computed {
  path: readonly string[]
  expression: unknown
}

function isOperatorObject(value: Doc): boolean {
  return Object.keys(value)[0]?.startsWith('$') === true
}

/** The leaves of a specification, their paths in full. */
function leavesOf(spec: Doc, prefix = ''): Array<[string, unknown]> {
  return Object.entries(spec).flatMap(([field, value]): Array<[string, unknown]> => {
    if (field === '' || field.startsWith('$')) {
      throw new CommandError(
        'BadValue',
        `FieldPath field names may not start with '$' or be empty: '${prefix}${field}'`
      )
    }
    return isDoc(value) && !isOperatorObject(value) && Object.keys(value).length > 0
      ? leavesOf(value, `${prefix}${field}.`)
      : [[prefix + field, value]]
  })
}

function compute(computed: readonly Computed[], root: Doc, doc: Doc): Doc {
  return computed.reduce((result, { path, expression }) => withValueAt(result, path, evaluate(root, expression)), doc)
}

function computedFrom(leaves: ReadonlyArray<[string, unknown]>): Computed[] {
  return leaves.map(([path, expression]) => {
    checkExpression(expression)
    return { path: path.split('.'), expression }
  })
}

function isChoice(value: unknown): boolean {
  return typeof value === 'boolean' || numberIn(value) !== undefined
}

function isYes(value: unknown): boolean {
  return value === true || (typeof value !== 'boolean' && numberIn(value) !== 0)
}

/** `$project`: fields kept, left out, or computed. */
export function compileProject(spec: unknown): DocumentMap {
  if (!isDoc(spec) || Object.keys(spec).length === 0) {
    throw new CommandError('BadValue', '$project needs a document with at least one field')
  }
  const leaves = leavesOf(spec)
  const chosen = leaves.filter(([, value]) => isChoice(value))
  const computed = computedFrom(leaves.filter(([, value]) => !isChoice(value)))
  const others = chosen.filter(([path]) => path !== '_id')
  if (computed.length > 0 && others.some(([, value]) => !isYes(value))) {
    throw new CommandError('ProjectionMix', 'Cannot mix exclusion and computed fields in $project')
  }
  const withId = chosen.every(([path, value]) => path !== '_id' || isYes(value))
  const keepOnlyId: DocumentMap = doc => (withId && '_id' in doc ? { _id: doc._id } : {})
  const project =
    computed.length > 0 && others.length === 0
      ? keepOnlyId
      : (compileProjection(Object.fromEntries(chosen)) ?? ((doc: Doc) => doc))
  return doc => compute(computed, doc, project(doc))
}

/** `$addFields` and `$set`: computed fields beside those there are. */
export function compileAddFields(spec: unknown, stage: string): DocumentMap {
  if (!isDoc(spec)) throw new CommandError('BadValue', `${stage} specification must be an object`)
  const computed = computedFrom(leavesOf(spec))
  return doc => compute(computed, doc, doc)
}
