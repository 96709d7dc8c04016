import { BSONRegExp } from 'bson'
import { isDoc, type Doc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError, notSupported } from '../errors.ts'
import { equalTo } from '../query/operators.ts'
import { unsupportedPushModifiers } from '../unsupported.ts'
import type { Change } from './path.ts'
import type { UpdateOperator } from './values.ts'

function bad(message: string): CommandError {
  return new CommandError('BadValue', message)
}

function arrayAt(value: unknown, operator: string, path: string): unknown[] {
  if (!Array.isArray(value)) throw bad(`The field '${path}' must be an array to apply ${operator} to it`)
  return value
}

/**
 * Reads `{ $each: […], $slice: n }`; any other argument is a single element. Throws for a modifier that it does not
 * know.
 */
function pushedElements(argument: unknown): { elements: unknown[]; slice: number | undefined } {
  if (!isDoc(argument) || !('$each' in argument)) return { elements: [argument], slice: undefined }
  const { $each: elements, ...modifiers } = argument
  if (!Array.isArray(elements)) throw bad('The argument to $each in $push must be an array')
  for (const name of Object.keys(modifiers)) {
    if (unsupportedPushModifiers.has(name)) throw notSupported(`The modifier ${name} of $push`)
    if (name !== '$slice') throw bad(`Unrecognized clause in $push: ${name}`)
  }
  return { elements, slice: sliceOf(modifiers) }
}

function sliceOf(modifiers: Doc): number | undefined {
  if (!('$slice' in modifiers)) return undefined
  const slice = numberIn(modifiers.$slice)
  if (slice === undefined || !Number.isInteger(slice)) throw bad('The value for $slice must be an integer value')
  return slice
}

function push(argument: unknown, path: string): Change {
  const { elements, slice } = pushedElements(argument)
  return value => {
    const array = [...(value === undefined ? [] : arrayAt(value, '$push', path)), ...elements]
    if (slice === undefined) return array
    return slice < 0 ? array.slice(slice) : array.slice(0, slice)
  }
}

/** `$pull` of one value. MongoDB also takes conditions on the elements, which are documents or regular expressions. */
function pull(argument: unknown, path: string): Change {
  if (isDoc(argument) || argument instanceof BSONRegExp) throw notSupported('A condition in $pull')
  const isPulled = equalTo(argument)
  return value =>
    value === undefined ? undefined : arrayAt(value, '$pull', path).filter(element => !isPulled(element))
}

/** The operators that change an array, by name. */
export const arrayOperators: Readonly<Record<string, UpdateOperator>> = {
  $push: { createsPath: true, changeFor: push },
  $pull: { createsPath: false, changeFor: pull }
}
