import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { maxActions, type RecordWrite } from './dynamo-actions.ts'
import { keyText } from './dynamo-keys.ts'

/** Records that one transaction writes, and their positions in the call. */
export interface WriteGroup {
  readonly positions: readonly number[]
  readonly writes: readonly RecordWrite[]
}

/** Bytes of one transaction, of which DynamoDB accepts 4 MB with all names and keys. */
const maxGroupBytes = 3.5 * 1024 * 1024

/** Names the item of an action: a transaction may have one action for each item. */
function itemOf({ Put, Delete }: TransactWriteItem): string {
  const { pk, sk } = Put?.Item ?? Delete?.Key ?? {}
  return keyText({ pk: pk?.S ?? '', sk: sk?.S ?? '' })
}

/** Divides records, in order, into groups of which each fits into one transaction. */
export function inGroups(writes: readonly RecordWrite[]): WriteGroup[] {
  const groups: { positions: number[]; writes: RecordWrite[] }[] = []
  let items = new Set<string>()
  let bytes = 0
  for (const [position, write] of writes.entries()) {
    const own = write.actions.map(itemOf)
    const isFull =
      items.size + own.length > maxActions || bytes + write.bytes > maxGroupBytes || own.some(item => items.has(item))
    if (isFull || groups.length === 0) {
      groups.push({ positions: [], writes: [] })
      items = new Set()
      bytes = 0
    }
    for (const item of own) items.add(item)
    bytes += write.bytes
    groups.at(-1)?.positions.push(position)
    groups.at(-1)?.writes.push(write)
  }
  return groups
}
