import { isDoc } from '../bson/codec.ts'
import { CommandError } from '../errors.ts'
import { expressionNames } from './expressions.ts'

/** Refuses by name, before any document is read, an expression with an operator that is not known. */
export function checkExpression(expression: unknown): void {
  if (Array.isArray(expression)) expression.forEach(checkExpression)
  if (!isDoc(expression)) return
  const names = Object.keys(expression)
  const operator = names.find(name => name.startsWith('$'))
  if (operator === '$literal') return
  if (operator !== undefined && !expressionNames.has(operator)) {
    throw new CommandError('InvalidPipelineOperator', `Unrecognized expression '${operator}'`)
  }
  if (operator !== undefined && names.length > 1) {
    throw new CommandError('FailedToParse', `an expression must have exactly one operator, not ${names.join(', ')}`)
  }
  Object.values(expression).forEach(checkExpression)
}
