import type { Filter, Sort } from 'mongodb'
import { fieldsOf, valueAt } from './record-fields.ts'
import type { KeyChoices, KeyValues, OmittedFields, RecordKey, RecordRange } from './record-store.ts'

/** A document of a collection of records. */
export interface RecordDocument {
  _id: string
  /** Differs after each change; missing before the first one. Readers of records do not get it. */
  _revision?: string
  [field: string]: unknown
}

type Conditions = Filter<RecordDocument>

/** Returns the filter for the records with these values of the first fields of a key. */
export function filterOf(key: RecordKey, values: KeyChoices): Conditions {
  const fields = fieldsOf(key).slice(0, values.length)
  return Object.fromEntries(fields.map((field, n) => [field, oneOf(values[n])]))
}

function oneOf(choice: KeyChoices[number] | undefined): unknown {
  if (!Array.isArray(choice)) return choice
  return choice.length === 1 ? choice[0] : { $in: choice }
}

/** Returns the filter for the records of a range behind these values of the first fields of a key. */
export function rangeFilterOf(key: RecordKey, values: KeyChoices, { after, before }: RecordRange): Conditions {
  const behind = fieldsOf(key).slice(values.length)
  const bounds = [after && beyond(behind, '$gt', after), before && beyond(behind, '$lt', before)]
  const [first, second] = bounds.filter(bound => bound !== undefined)
  const filter = filterOf(key, values)
  if (second) return { ...filter, $and: [first ?? {}, second] }
  return { ...filter, ...first }
}

/** Returns the filter for the records whose first fields are beyond these values, compared field by field. */
function beyond(fields: readonly string[], operator: '$gt' | '$lt', values: KeyValues): Conditions {
  const branches = values.map((value, n): Conditions => {
    const equal = values.slice(0, n).map((earlier, index) => [fields[index], earlier])
    return { ...Object.fromEntries(equal), [fields[n] ?? '']: { [operator]: value } }
  })
  const [first] = branches
  return first && branches.length === 1 ? first : { $or: branches }
}

/** Returns the order of the records behind these values; undefined when nothing is left to order by. */
export function sortOf(key: RecordKey, values: KeyChoices, { reverse = false }: RecordRange): Sort | undefined {
  const behind = fieldsOf(key).slice(values.length)
  if (behind.length === 0) return undefined
  return Object.fromEntries(behind.map(field => [field, reverse ? -1 : 1]))
}

/** Returns the projection without some fields; undefined for whole documents. */
export function projectionOf({ without = [] }: OmittedFields): Record<string, 0> | undefined {
  return without.length === 0 ? undefined : Object.fromEntries(without.map(field => [field, 0]))
}

/** Returns the filter for the place of a record. */
export function placeFilterOf(place: RecordKey, record: object): Conditions {
  return Object.fromEntries(fieldsOf(place).map(field => [field, valueAt(record, field)]))
}
