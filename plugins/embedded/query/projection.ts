import { isDoc, setField, type Doc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError, notSupported } from '../errors.ts'
import { compileMatcher } from './matcher.ts'

/** Makes of a document, decoded for writing, the one a client asked for. */
export type Projection = (doc: Doc) => Doc

/** A field's part: kept, left out, looked into, or made anew from its value. */
type Rule = 'keep' | 'omit' | Rules | ((value: unknown) => unknown)
type Rules = Map<string, Rule>

function sliceOf(argument: unknown): (value: unknown) => unknown {
  const numbers = (Array.isArray(argument) ? argument : [argument]).map(numberIn)
  const [first, count] = numbers
  if (first === undefined || numbers.includes(undefined) || numbers.length > 2 || (count !== undefined && count <= 0)) {
    throw new CommandError('BadValue', '$slice needs a number, or a position and a positive number')
  }
  return value => {
    if (!Array.isArray(value)) return value
    if (count === undefined) return first < 0 ? value.slice(first) : value.slice(0, first)
    const start = first < 0 ? Math.max(0, value.length + first) : first
    return value.slice(start, start + count)
  }
}

function elementMatching(query: unknown): (value: unknown) => unknown {
  if (!isDoc(query)) throw new CommandError('BadValue', '$elemMatch needs an Object')
  const matches = compileMatcher({ element: { $elemMatch: query } })
  return value => {
    const found = Array.isArray(value) ? value.find((element: unknown) => matches({ element: [element] })) : undefined
    return found === undefined ? undefined : [found]
  }
}

function ruleFor(path: string, value: unknown): Rule {
  if (typeof value === 'boolean') return value ? 'keep' : 'omit'
  const number = numberIn(value)
  if (number !== undefined) return number === 0 ? 'omit' : 'keep'
  if (!isDoc(value)) throw notSupported(`An expression in a projection ('${path}')`)
  if ('$slice' in value) return sliceOf(value.$slice)
  if ('$elemMatch' in value) return elementMatching(value.$elemMatch)
  const operator = Object.keys(value).find(key => key.startsWith('$'))
  if (operator) throw notSupported(`The operator ${operator} in a projection`)
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
    if (path === '' || path.startsWith('$')) {
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

function apply(value: unknown, rules: Rules, including: boolean): unknown {
  if (Array.isArray(value)) {
    const elements: unknown[] = including ? value.filter(each => isDoc(each) || Array.isArray(each)) : value
    return elements.map(each => apply(each, rules, including))
  }
  return isDoc(value) ? applyToDoc(value, rules, including) : including ? undefined : value
}

function applyRule(rule: Rule | undefined, value: unknown, including: boolean): unknown {
  if (rule === undefined) return including ? undefined : value
  if (rule === 'keep' || rule === 'omit') return rule === 'keep' ? value : undefined
  return typeof rule === 'function' ? rule(value) : apply(value, rule, including)
}

function applyToDoc(doc: Doc, rules: Rules, including: boolean): Doc {
  const result: Doc = {}
  for (const [field, value] of Object.entries(doc)) {
    const kept = applyRule(rules.get(field), value, including)
    if (kept !== undefined) setField(result, field, kept)
  }
  return result
}

/**
 * Compiles `{ a: 1, 'b.c': 1 }`, `{ a: 0 }`, `$slice` and `$elemMatch`. Undefined where everything is asked for. Throws, naming it,
 * for a mix of inclusion and exclusion, and for expressions and the positional operator.
 */
export function compileProjection(spec: unknown): Projection | undefined {
  if (spec === undefined) return undefined
  if (!isDoc(spec)) throw new CommandError('TypeMismatch', 'the projection must be a document')
  const rules = rulesOf(spec)
  const id = rules.get('_id')
  rules.delete('_id')
  const kinds = new Set(leaves(rules))
  if (kinds.has('keep') && kinds.has('omit')) {
    throw new CommandError('ProjectionMix', 'Cannot mix inclusion and exclusion in a projection')
  }
  const matching = Object.values(spec).some(value => isDoc(value) && '$elemMatch' in value)
  const including = kinds.has('keep') || (!kinds.has('omit') && (id === 'keep' || (matching && kinds.size > 0)))
  if (rules.size === 0 && id === undefined) return undefined
  rules.set('_id', id ?? 'keep')
  return doc => applyToDoc(doc, rules, including)
}
