import { Decimal128 } from 'bson'
import { compareValues, tagOf } from '../bson/key.ts'
import { addNumbers, numberIn } from '../bson/numbers.ts'
import { CommandError, notSupported } from '../errors.ts'
import type { Change } from './path.ts'

/** An update operator: the change that its argument makes to the value at its path, and whether it creates the path. */
export interface UpdateOperator {
  changeFor: (argument: unknown, path: string) => Change
  createsPath: boolean
}

function increment(argument: unknown, path: string): Change {
  if (argument instanceof Decimal128) throw notSupported('A Decimal128 in $inc')
  if (numberIn(argument) === undefined) {
    throw new CommandError(
      'TypeMismatch',
      `Cannot increment with non-numeric argument: {${path}: ${JSON.stringify(argument)}}`
    )
  }
  return value => {
    if (value === undefined) return argument
    const sum = addNumbers(value, argument)
    if (sum === undefined) {
      throw new CommandError('TypeMismatch', `Cannot apply $inc to a value of non-numeric type: field '${path}'`)
    }
    if (sum === 'overflow') {
      throw new CommandError(
        'BadValue',
        `Failed to apply $inc operations to current value of '${path}': it would overflow`
      )
    }
    return sum
  }
}

function maximum(argument: unknown): Change {
  // A type that the store cannot compare is refused even where the field is missing.
  tagOf(argument)
  return value => (value === undefined || compareValues(argument, value) > 0 ? argument : value)
}

/** The operators that replace one value by another, by name. */
export const valueOperators: Readonly<Record<string, UpdateOperator>> = {
  $set: { createsPath: true, changeFor: argument => () => argument },
  $unset: { createsPath: false, changeFor: () => () => undefined },
  $inc: { createsPath: true, changeFor: increment },
  $max: { createsPath: true, changeFor: maximum }
}
