import { Int32, Timestamp } from 'bson'
import { isDoc } from '../bson/codec.ts'
import { compareValues } from '../bson/key.ts'
import { calculate, numberIn, type Arithmetic } from '../bson/numbers.ts'
import { CommandError } from '../errors.ts'
import type { Change } from './path.ts'

/** How an update operator makes, of its argument, the change at its path; and whether it makes the path too. */
export interface UpdateOperator {
  changeFor: (argument: unknown, path: string) => Change
  create: boolean
}

function arithmetic(name: string, operation: Arithmetic): UpdateOperator {
  return {
    create: true,
    changeFor: (argument, path) => {
      if (numberIn(argument) === undefined) {
        throw new CommandError(
          'TypeMismatch',
          `Cannot ${name} with non-numeric argument: {${path}: ${JSON.stringify(argument)}}`
        )
      }
      return value => {
        if (value === undefined && operation === 'add') return argument
        const result = calculate(operation, value ?? (value === undefined ? new Int32(0) : null), argument)
        if (result === undefined) {
          throw new CommandError('TypeMismatch', `Cannot apply ${name} to a value of non-numeric type: field '${path}'`)
        }
        if (result === 'overflow') {
          throw new CommandError(
            'BadValue',
            `Failed to apply ${name} operations to current value of '${path}': it would overflow`
          )
        }
        return result
      }
    }
  }
}

function extreme(sign: 1 | -1): UpdateOperator {
  return {
    create: true,
    changeFor: argument => value =>
      value === undefined || compareValues(argument, value) * sign > 0 ? argument : value
  }
}

function dateOf(argument: unknown): () => unknown {
  const type = isDoc(argument) ? argument.$type : undefined
  if (type === 'timestamp') return () => new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 })
  if (typeof argument !== 'boolean' && type !== 'date') {
    throw new CommandError(
      'BadValue',
      "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field: {$type: 'date'}}}"
    )
  }
  return () => new Date()
}

function bits(argument: unknown, path: string): Change {
  const steps = isDoc(argument) ? Object.entries(argument) : []
  if (steps.length === 0) {
    throw new CommandError('BadValue', `The $bit modifier needs {and|or|xor: number} for '${path}'`)
  }
  return value =>
    steps.reduce<unknown>(
      (current, [name, operand]) => {
        if (name !== 'and' && name !== 'or' && name !== 'xor') {
          throw new CommandError('BadValue', `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}'`)
        }
        const result = calculate(name, current, operand)
        if (result === undefined || result === 'overflow') {
          throw new CommandError('BadValue', `Cannot apply $bit to a value of non-integral type: field '${path}'`)
        }
        return result
      },
      value ?? new Int32(0)
    )
}

/** The operators that make one value of another. */
export const valueOperators: Readonly<Record<string, UpdateOperator>> = {
  $set: { create: true, changeFor: argument => () => argument },
  $unset: { create: false, changeFor: () => () => undefined },
  $inc: arithmetic('$inc', 'add'),
  $mul: arithmetic('$mul', 'multiply'),
  $min: extreme(-1),
  $max: extreme(1),
  $bit: { create: true, changeFor: bits },
  $currentDate: { create: true, changeFor: dateOf }
}
