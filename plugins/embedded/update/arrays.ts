import { isDoc, type Doc } from '../bson/codec.ts'
import { keyStringOf } from '../bson/key.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError } from '../errors.ts'
import { compileMatcher } from '../query/matcher.ts'
import { equalTo } from '../query/operators.ts'
import { compareBy } from '../query/sort.ts'
import type { UpdateOperator } from './values.ts'
import type { Change } from './path.ts'

function bad(message: string): CommandError {
  return new CommandError('BadValue', message)
}

function arrayAt(value: unknown, operator: string, path: string): unknown[] {
  if (!Array.isArray(value)) throw bad(`The field '${path}' must be an array to apply ${operator} to it`)
  return value
}

/** Reads `{ $each: […], … }`; anything else is one element. Throws for modifiers that are not known. */
function eachOf(argument: unknown, operator: string, modifiers: readonly string[]): { each: unknown[]; spec: Doc } {
  if (!isDoc(argument) || !('$each' in argument)) return { each: [argument], spec: {} }
  const { $each: each, ...spec } = argument
  if (!Array.isArray(each)) throw bad(`The argument to $each in ${operator} must be an array`)
  const unknown = Object.keys(spec).find(name => !modifiers.includes(name))
  if (unknown) throw bad(`Unrecognized clause in ${operator}: ${unknown}`)
  return { each, spec }
}

function wholeNumber(spec: Doc, name: string): number | undefined {
  if (!(name in spec)) return undefined
  const number = numberIn(spec[name])
  if (number === undefined || !Number.isInteger(number)) throw bad(`The value for ${name} must be an integer value`)
  return number
}

function push(argument: unknown, path: string): Change {
  const { each, spec } = eachOf(argument, '$push', ['$position', '$slice', '$sort'])
  const position = wholeNumber(spec, '$position')
  const slice = wholeNumber(spec, '$slice')
  const compare = '$sort' in spec ? compareBy(spec.$sort) : undefined
  return value => {
    const before = value === undefined ? [] : arrayAt(value, '$push', path)
    const at = position ?? before.length
    const array = [...before.slice(0, at), ...each, ...before.slice(at)]
    if (compare) array.sort(compare)
    if (slice === undefined) return array
    return slice < 0 ? array.slice(slice) : array.slice(0, slice)
  }
}

function addToSet(argument: unknown, path: string): Change {
  const { each } = eachOf(argument, '$addToSet', [])
  return value => {
    const array = value === undefined ? [] : arrayAt(value, '$addToSet', path).slice()
    const keys = new Set(array.map(keyStringOf))
    for (const element of each) {
      const key = keyStringOf(element)
      if (!keys.has(key)) array.push(element)
      keys.add(key)
    }
    return array
  }
}

function pop(argument: unknown, path: string): Change {
  const end = numberIn(argument)
  if (end !== 1 && end !== -1) throw bad('$pop expects 1 or -1')
  return value => {
    if (value === undefined) return undefined
    const array = arrayAt(value, '$pop', path)
    return end === 1 ? array.slice(0, -1) : array.slice(1)
  }
}

function without(operator: string, path: string, goes: (element: unknown) => boolean): Change {
  return value => (value === undefined ? undefined : arrayAt(value, operator, path).filter(element => !goes(element)))
}

/** `$pull` takes a value, conditions on an element, or a query on the documents that the elements are. */
function pull(argument: unknown, path: string): Change {
  if (!isDoc(argument)) {
    const matches = compileMatcher({ element: argument })
    return without('$pull', path, element =>
      Array.isArray(argument) ? matches({ element: [element] }) : matches({ element })
    )
  }
  const conditions = Object.keys(argument)[0]?.startsWith('$')
  const matches = compileMatcher(conditions ? { element: argument } : argument)
  return without('$pull', path, element => (conditions ? matches({ element }) : isDoc(element) && matches(element)))
}

function pullAll(argument: unknown, path: string): Change {
  if (!Array.isArray(argument)) throw bad('$pullAll requires an array argument')
  const tests = argument.map(equalTo)
  return without('$pullAll', path, element => tests.some(test => test(element)))
}

/** The operators that change an array. */
export const arrayOperators: Readonly<Record<string, UpdateOperator>> = {
  $push: { create: true, changeFor: push },
  $addToSet: { create: true, changeFor: addToSet },
  $pop: { create: false, changeFor: pop },
  $pull: { create: false, changeFor: pull },
  $pullAll: { create: false, changeFor: pullAll }
}
