import { isDoc, type Doc } from '../bson/codec.ts'
import { valuesAt } from '../bson/paths.ts'
import { CommandError, notSupported } from '../errors.ts'
import type { Collection } from '../store/collection.ts'
import { withValueAt } from './paths.ts'
import type { Stage, Surroundings } from './stage.ts'

type Run = (
  collection: Collection | undefined,
  filter: Doc,
  pipeline: readonly unknown[],
  around: Surroundings
) => Iterable<Doc>

function text(spec: Doc, option: string): string {
  const value = spec[option]
  if (typeof value !== 'string' || value === '') {
    throw new CommandError('FailedToParse', `$lookup argument '${option}' must be a string`)
  }
  return value
}

/** `$lookup` by equal fields, with a pipeline after it or alone; each lookup goes through the indexes of the other collection. */
export function compileLookup(spec: unknown, around: Surroundings, run: Run): Stage {
  if (!isDoc(spec)) throw new CommandError('FailedToParse', 'the $lookup specification must be an object')
  const known = ['from', 'as', 'localField', 'foreignField', 'pipeline']
  if ('let' in spec) throw notSupported("The $lookup option 'let'")
  const unknown = Object.keys(spec).find(option => !known.includes(option))
  if (unknown) throw new CommandError('FailedToParse', `unknown argument to $lookup: ${unknown}`)
  const as = text(spec, 'as').split('.')
  const from = text(spec, 'from')
  const pipeline = spec.pipeline ?? []
  if (!Array.isArray(pipeline)) throw new CommandError('FailedToParse', "$lookup argument 'pipeline' must be an array")
  const byFields = 'localField' in spec || 'foreignField' in spec || !('pipeline' in spec)
  const local = byFields ? text(spec, 'localField').split('.') : []
  const foreign = byFields ? text(spec, 'foreignField') : ''
  // A pipeline that is wrong is refused even where no document comes by.
  run(undefined, {}, pipeline, around)

  const filterFor = (doc: Doc): Doc => {
    if (!byFields) return {}
    const values = valuesAt(doc, local).flatMap((value): unknown[] => (Array.isArray(value) ? value : [value]))
    return { [foreign]: { $in: values.length > 0 ? values : [null] } }
  }
  return function* (docs) {
    for (const doc of docs) {
      yield withValueAt(doc, as, [...run(around.collection(from), filterFor(doc), pipeline, around)])
    }
  }
}
