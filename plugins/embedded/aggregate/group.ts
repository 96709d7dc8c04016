import { isDoc, setField, type Doc } from '../bson/codec.ts'
import { keyStringOf } from '../bson/key.ts'
import { CommandError } from '../errors.ts'
import { checkExpression } from './check-expression.ts'
import { accumulate, accumulatorNames, evaluate } from './expressions.ts'

function checkAccumulator(field: string, accumulator: unknown): [string, Doc] {
  if (field.includes('.') || field.startsWith('$')) {
    throw new CommandError('BadValue', `The field name '${field}' cannot contain '.' or begin with '$' in $group`)
  }
  if (!isDoc(accumulator) || Object.keys(accumulator).length !== 1) {
    throw new CommandError('BadValue', `The field '${field}' must be an accumulator object`)
  }
  const name = Object.keys(accumulator)[0] ?? ''
  if (!accumulatorNames.has(name)) throw new CommandError('UnknownGroupOperator', `unknown group operator '${name}'`)
  checkExpression(accumulator)
  return [field, accumulator]
}

/** `$group`: documents whose `_id` expression gives equal values, made one. */
export function compileGroup(spec: unknown): (docs: Iterable<Doc>) => Generator<Doc> {
  if (!isDoc(spec) || !('_id' in spec)) throw new CommandError('BadValue', 'a group specification must include an _id')
  const { _id: expression, ...fields } = spec
  checkExpression(expression)
  const accumulators = Object.entries(fields).map(([field, accumulator]) => checkAccumulator(field, accumulator))
  return function* (docs) {
    const groups = new Map<string, { id: unknown; members: Doc[] }>()
    for (const doc of docs) {
      const id = evaluate(doc, expression) ?? null
      const key = keyStringOf(id)
      const group = groups.get(key) ?? { id, members: [] }
      groups.set(key, group)
      group.members.push(doc)
    }
    for (const { id, members } of groups.values()) {
      const result: Doc = { _id: id }
      for (const [field, accumulator] of accumulators) setField(result, field, accumulate(members, accumulator))
      yield result
    }
  }
}
