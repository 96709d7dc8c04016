import { isDoc, type Doc } from '../bson/codec.ts'
import { CommandError, notSupported } from '../errors.ts'
import { compileMatcher, type Matcher } from '../query/matcher.ts'
import { arrayOperators } from './arrays.ts'
import { changeAt, parsePath, plainValueAt, type UpdatePath } from './path.ts'
import { resolvePositional } from './positional.ts'
import { valueOperators } from './values.ts'

/** The document an update is made on: whether it is being inserted, and by which query it was found. */
export interface Occasion {
  inserting: boolean
  filter: Doc
}

/** A compiled update: `apply` changes a document that was decoded for writing, in place, or returns another. */
export interface Update {
  replacement: boolean
  apply: (doc: Doc, occasion: Occasion) => Doc
}

interface Step {
  paths: string[]
  /** Makes out on the document as it was found what is to be done to it. */
  prepare: (doc: Doc, occasion: Occasion) => () => void
}

const operators = { ...valueOperators, ...arrayOperators }

function compileFilters(arrayFilters: unknown): Map<string, Matcher> {
  if (arrayFilters === undefined) return new Map()
  if (!Array.isArray(arrayFilters)) throw new CommandError('TypeMismatch', 'arrayFilters must be an array')
  const filters = new Map<string, Matcher>()
  for (const filter of arrayFilters) {
    const names = new Set(isDoc(filter) ? Object.keys(filter).map(key => key.split('.')[0] ?? '') : [])
    const [name] = names
    if (names.size !== 1 || !isDoc(filter) || !name || !/^[a-z][a-zA-Z0-9]*$/.test(name)) {
      throw new CommandError(
        'FailedToParse',
        'each array filter must be about one identifier, which begins with a lowercase letter'
      )
    }
    if (filters.has(name)) {
      throw new CommandError('FailedToParse', `Found multiple array filters with the same top-level field name ${name}`)
    }
    filters.set(name, compileMatcher(filter))
  }
  return filters
}

function renameStep(from: UpdatePath, target: unknown): Step {
  if (typeof target !== 'string') {
    throw new CommandError('BadValue', `The 'to' field for $rename must be a string: ${from.text}`)
  }
  const to = parsePath(target, new Map())
  if ([...from.parts, ...to.parts].some(part => part.startsWith('$'))) {
    throw new CommandError('BadValue', `$rename may not be positional: ${from.text}`)
  }
  return {
    paths: [from.text, to.text],
    prepare: doc => () => {
      const value = plainValueAt(doc, from)
      if (value === undefined) return
      changeAt(doc, from, () => undefined, false)
      plainValueAt(doc, to)
      changeAt(doc, to, () => value, true)
    }
  }
}

function compileStep(name: string, text: string, argument: unknown, filters: ReadonlyMap<string, Matcher>): Step {
  const path = parsePath(text, filters)
  if (name === '$rename') return renameStep(path, argument)
  const operator = operators[name === '$setOnInsert' ? '$set' : name]
  if (!operator) {
    throw new CommandError(
      'FailedToParse',
      `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`
    )
  }
  const change = operator.changeFor(argument, text)
  return {
    paths: [text],
    prepare: (doc, { inserting, filter }) => {
      if (name === '$setOnInsert' && !inserting) return () => {}
      const resolved = resolvePositional(path, filter, doc)
      return () => changeAt(doc, resolved, change, operator.create)
    }
  }
}

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

function compileOperators(spec: Doc, arrayFilters: unknown): Update {
  const filters = compileFilters(arrayFilters)
  const steps = Object.entries(spec).flatMap(([name, fields]) => {
    if (!(name in operators) && name !== '$rename' && name !== '$setOnInsert') {
      compileStep(name, 'field', fields, filters)
    }
    if (!isDoc(fields)) {
      throw new CommandError('FailedToParse', `Modifiers operate on fields but we found another type for ${name}`)
    }
    return Object.entries(fields).map(([path, argument]) => compileStep(name, path, argument, filters))
  })
  const paths = steps.flatMap(step => step.paths)
  assertNoConflict(paths)
  const unused = [...filters.keys()].find(name => !paths.some(path => path.includes(`$[${name}]`)))
  if (unused) {
    throw new CommandError('FailedToParse', `The array filter for identifier '${unused}' was not used in the update`)
  }
  return {
    replacement: false,
    apply: (doc, occasion) => {
      for (const run of steps.map(step => step.prepare(doc, occasion))) run()
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
    replacement: true,
    apply: doc => {
      const id = _id ?? doc._id
      return id === undefined ? rest : { _id: id, ...rest }
    }
  }
}

/** Compiles an update or a replacement. Throws, naming it, for an operator that is not known, a conflict, or a pipeline. */
export function compileUpdate(spec: unknown, arrayFilters: unknown): Update {
  if (Array.isArray(spec)) throw notSupported('An update pipeline')
  if (!isDoc(spec)) throw new CommandError('FailedToParse', 'Update argument must be an object')
  return Object.keys(spec)[0]?.startsWith('$') ? compileOperators(spec, arrayFilters) : compileReplacement(spec)
}
