import { isDoc, type Doc } from '../bson/codec.ts'
import { isArrayIndex } from '../bson/paths.ts'
import { CommandError, notSupported } from '../errors.ts'
import { unsupportedUpdateOperators } from '../unsupported.ts'
import { arrayOperators } from './arrays.ts'
import { ArrayFilters } from './array-filters.ts'
import { changeAt, parsePath } from './path.ts'
import { valueOperators, type UpdateOperator } from './values.ts'

/** A compiled update. `apply` changes a document that was decoded for writing, in place, or returns another one. */
export interface Update {
  isReplacement: boolean
  apply: (doc: Doc, isInserting: boolean) => Doc
}

/** The change of one field. */
interface Step {
  path: string
  apply: (doc: Doc, isInserting: boolean) => void
}

const operators: Readonly<Record<string, UpdateOperator>> = { ...valueOperators, ...arrayOperators }

function operatorOf(name: string): UpdateOperator {
  const known = name === '$setOnInsert' ? '$set' : name
  const operator = Object.hasOwn(operators, known) ? operators[known] : undefined
  if (operator) return operator
  if (unsupportedUpdateOperators.has(name)) throw notSupported(`The update operator ${name}`)
  throw new CommandError(
    'FailedToParse',
    `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`
  )
}

function compileStep(
  name: string,
  operator: UpdateOperator,
  path: string,
  argument: unknown,
  filters: ArrayFilters
): Step {
  const parts = parsePath(path, filters)
  const change = operator.changeFor(argument, path)
  return {
    path,
    apply: (doc, isInserting) => {
      if (name !== '$setOnInsert' || isInserting) changeAt(doc, parts, change, operator.createsPath)
    }
  }
}

/** Throws ConflictingUpdateOperators if two steps change the same path, or one changes a part of another's. */
function assertNoConflict(paths: readonly string[]): void {
  const changed = new Set<string>()
  const above = new Set<string>()
  for (const path of paths) {
    const parts = path.split('.')
    const parents = parts.map((_, n) => parts.slice(0, n + 1).join('.'))
    const conflict = above.has(path) ? path : parents.find(parent => changed.has(parent))
    if (conflict !== undefined) {
      throw new CommandError(
        'ConflictingUpdateOperators',
        `Updating the path '${path}' would create a conflict at '${conflict}'`
      )
    }
    changed.add(path)
    for (const parent of parents) above.add(parent)
  }
}

/**
 * Refuses several changes in one array if one of them selects elements and another names or selects others: whether
 * they conflict depends on the document.
 */
function assertSeparateArrays(paths: readonly string[]): void {
  for (const path of paths) {
    for (const { index, 0: selector } of path.matchAll(/\.\$\[\w*\]/g)) {
      const array = `${path.slice(0, index)}.`
      const selected = `${path.slice(0, index)}${selector}.`
      if (paths.some(other => other !== path && other.startsWith(array) && !other.startsWith(selected))) {
        throw notSupported(`Several changes in the array '${array.slice(0, -1)}' with array filters`)
      }
    }
  }
}

/** Compares paths part by part: numbers by value, other names by their bytes. */
function comparePaths(a: string, b: string): number {
  const [x, y] = [a.split('.'), b.split('.')]
  for (const [n, part] of x.entries()) {
    const other = y[n]
    if (other === undefined) return 1
    const order =
      isArrayIndex(part) && isArrayIndex(other)
        ? Number(part) - Number(other)
        : Buffer.compare(Buffer.from(part), Buffer.from(other))
    if (order !== 0) return order
  }
  return x.length - y.length
}

/** Compiles operators. Like MongoDB, the update adds new fields in the order of their names. */
function compileOperators(spec: Doc, filters: ArrayFilters): Update {
  const steps = Object.entries(spec).flatMap(([name, fields]) => {
    const operator = operatorOf(name)
    if (!isDoc(fields)) {
      throw new CommandError('FailedToParse', `Modifiers operate on fields but we found another type for ${name}`)
    }
    return Object.entries(fields).map(([path, argument]) => compileStep(name, operator, path, argument, filters))
  })
  filters.assertAllUsed()
  assertNoConflict(steps.map(({ path }) => path))
  assertSeparateArrays(steps.map(({ path }) => path))
  steps.sort((a, b) => comparePaths(a.path, b.path))
  return {
    isReplacement: false,
    apply: (doc, isInserting) => {
      for (const step of steps) step.apply(doc, isInserting)
      return doc
    }
  }
}

function compileReplacement(replacement: Doc): Update {
  const dollar = Object.keys(replacement).find(field => field.startsWith('$'))
  if (dollar) {
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${dollar}' is not allowed in the context of a replacement`
    )
  }
  const { _id, ...rest } = replacement
  return {
    isReplacement: true,
    apply: doc => {
      const id = _id ?? doc._id
      return id === undefined ? rest : { _id: id, ...rest }
    }
  }
}

/**
 * Compiles an update or a replacement. Throws for a conflict, a pipeline, or an unknown operator, which the error
 * names.
 */
export function compileUpdate(spec: unknown, arrayFilters?: unknown): Update {
  if (Array.isArray(spec)) throw notSupported('An update pipeline')
  if (!isDoc(spec)) throw new CommandError('FailedToParse', 'Update argument must be an object')
  const filters = new ArrayFilters(arrayFilters)
  if (Object.keys(spec)[0]?.startsWith('$')) return compileOperators(spec, filters)
  filters.assertAllUsed()
  return compileReplacement(spec)
}
