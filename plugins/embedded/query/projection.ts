import { isDoc, setField, type Doc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError, notSupported } from '../errors.ts'

/** Makes the document that a client asked for from a stored one, decoded for writing. */
export type Projection = (doc: Doc) => Doc

/** The rule for a field: it is kept, left out, or has rules for its own fields. */
type Rule = 'keep' | 'omit' | Rules
type Rules = Map<string, Rule>

function ruleFor(path: string, value: unknown): Rule {
  if (typeof value === 'boolean') return value ? 'keep' : 'omit'
  const number = numberIn(value)
  if (number !== undefined) return number === 0 ? 'omit' : 'keep'
  if (!isDoc(value)) throw notSupported(`An expression in a projection ('${path}')`)
  const operator = Object.keys(value).find(key => key.startsWith('$'))
  if (operator) throw notSupported(`The operator ${operator} in a projection`)
  if (Object.keys(value).length === 0) {
    throw new CommandError(
      'EmptySubProjection',
      `An empty sub-projection is not a valid value. Found empty object at path ${path}`
    )
  }
  return rulesOf(value, `${path}.`)
}

function collision(path: string): CommandError {
  return new CommandError('ProjectionPathCollision', `Path collision at ${path}`)
}

function add(rules: Rules, path: string, rule: Rule): void {
  const [field = '', ...rest] = path.split('.')
  if (rest.length === 0) {
    if (rules.has(field)) throw collision(path)
    rules.set(field, rule)
    return
  }
  const inner = rules.get(field) ?? new Map<string, Rule>()
  if (!(inner instanceof Map)) throw collision(path)
  rules.set(field, inner)
  add(inner, rest.join('.'), rule)
}

function rulesOf(spec: Doc, prefix = ''): Rules {
  const rules: Rules = new Map()
  for (const [path, value] of Object.entries(spec)) {
    if (path === '$' || path.endsWith('.$')) throw notSupported('The positional operator in a projection')
    if (path.split('.').some(part => part === '' || part.startsWith('$'))) {
      throw new CommandError('BadValue', `FieldPath field names may not start with '$' or be empty: '${prefix}${path}'`)
    }
    add(rules, path, ruleFor(prefix + path, value))
  }
  return rules
}

function* leaves(rules: Rules): Generator<Rule> {
  for (const rule of rules.values()) {
    if (rule instanceof Map) yield* leaves(rule)
    else yield rule
  }
}

function apply(value: unknown, rules: Rules, isInclusion: boolean): unknown {
  if (Array.isArray(value)) {
    const elements: unknown[] = isInclusion ? value.filter(each => isDoc(each) || Array.isArray(each)) : value
    return elements.map(each => apply(each, rules, isInclusion))
  }
  return isDoc(value) ? applyToDoc(value, rules, isInclusion) : isInclusion ? undefined : value
}

function applyRule(rule: Rule | undefined, value: unknown, isInclusion: boolean): unknown {
  if (rule === undefined) return isInclusion ? undefined : value
  if (rule === 'keep' || rule === 'omit') return rule === 'keep' ? value : undefined
  return apply(value, rule, isInclusion)
}

function applyToDoc(doc: Doc, rules: Rules, isInclusion: boolean): Doc {
  const result: Doc = {}
  for (const [field, value] of Object.entries(doc)) {
    const kept = applyRule(rules.get(field), value, isInclusion)
    if (kept !== undefined) setField(result, field, kept)
  }
  return result
}

/**
 * Compiles a projection such as `{ a: 1, 'b.c': 1 }` or `{ a: 0 }`. Returns undefined if the whole document is asked
 * for. Throws for a mix of inclusion and exclusion, and names the operator or expression that it does not support.
 */
export function compileProjection(spec: unknown): Projection | undefined {
  if (spec === undefined) return undefined
  if (!isDoc(spec)) throw new CommandError('TypeMismatch', 'the projection must be a document')
  const rules = rulesOf(spec)
  const id = rules.get('_id')
  if (!(id instanceof Map)) rules.delete('_id')
  const kinds = new Set(leaves(rules))
  if (kinds.has('keep') && kinds.has('omit')) {
    throw new CommandError('ProjectionMix', 'Cannot mix inclusion and exclusion in a projection')
  }
  const isInclusion = kinds.has('keep') || (!kinds.has('omit') && id === 'keep')
  if (rules.size === 0 && id === undefined) return undefined
  if (!(id instanceof Map)) rules.set('_id', id ?? 'keep')
  return doc => applyToDoc(doc, rules, isInclusion)
}
