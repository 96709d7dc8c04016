import type { KeyValue, RecordKey } from './record-store.ts'

/** Returns the fields of a key, in order. */
export function fieldsOf({ partition, order }: RecordKey): string[] {
  return [partition, ...order]
}

/** Returns the value of a field whose name may have dots. */
export function valueAt(document: object, field: string): unknown {
  return field.split('.').reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), document)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Returns a number field; a missing one counts as 0. */
export function numberAt(document: object, field: string): number {
  const value = valueAt(document, field)
  return typeof value === 'number' ? value : 0
}

/** Whether a value can be in a key. */
export function isKeyValue(value: unknown): value is KeyValue {
  return typeof value === 'string' || typeof value === 'number' || value instanceof Date
}
