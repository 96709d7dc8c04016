import { fieldsOf, isKeyValue, valueAt } from '../../plugins/external/records/record-fields.ts'
import type {
  KeyValues,
  RecordKind,
  RecordStore,
  RecordTable,
  StoredRecord
} from '../../plugins/external/records/record-store.ts'
import type { ProgressReport } from '../progress.ts'
import { createTally, documentBytes } from './inventory.ts'
import { CopyError } from './location.ts'
import { recordKinds } from './record-kinds.ts'

/** Handling of records in the target: refused, kept and completed, or removed first. */
export type ExistingRecords = 'refuse' | 'continue' | 'overwrite'

interface KindCopy {
  readonly kind: RecordKind
  readonly source: RecordTable<StoredRecord>
  readonly target: RecordTable<StoredRecord>
}

const batchSize = 500
/** Records after which the progress is shown. */
const shownEvery = 10_000

async function openKinds(from: RecordStore, to: RecordStore): Promise<KindCopy[]> {
  const opened: KindCopy[] = []
  for (const kind of recordKinds) {
    opened.push({ kind, source: await from.open(kind), target: await to.open(kind) })
  }
  return opened
}

/** Yields all records of a kind. Throws CopyError for one that cannot be decoded. */
async function* readAll(kind: RecordKind, table: RecordTable<StoredRecord>): AsyncGenerator<StoredRecord> {
  for await (const decoded of table.listAll()) {
    if ('error' in decoded) {
      const id = JSON.stringify(decoded.id)
      throw new CopyError(`The record ${id} of "${kind.name}" cannot be decoded. Repair or delete it, then try again.`)
    }
    yield decoded.record
  }
}

async function isEmpty(table: RecordTable<StoredRecord>): Promise<boolean> {
  const { done = false } = await table.listAll().next()
  return done
}

function placeOf(kind: RecordKind, record: StoredRecord): KeyValues {
  const [partition, ...order] = fieldsOf(kind.place)
    .map(field => valueAt(record, field))
    .filter(isKeyValue)
  if (partition === undefined) throw new CopyError(`A record of "${kind.name}" has no place: ${record._id}`)
  return [partition, ...order]
}

async function removeAll({ kind, target }: KindCopy): Promise<void> {
  const partitions = new Set<string>()
  for await (const record of readAll(kind, target)) {
    const [partition] = placeOf(kind, record)
    const name = String(partition)
    if (partitions.has(name)) continue
    partitions.add(name)
    await target.remove('place', [partition])
  }
}

async function copyKind({ kind, source, target }: KindCopy, report: ProgressReport): Promise<void> {
  let count = 0
  let batch: StoredRecord[] = []
  // Records that an interrupted copy has stored are taken; the comparison finds those that differ.
  const store = async () => {
    await target.insertEach(batch)
    batch = []
  }
  for await (const record of readAll(kind, source)) {
    if (batch.push(record) === batchSize) await store()
    if (++count % shownEvery === 0) report.log(`${kind.name}: ${count} records`)
  }
  await store()
  report.log(`${kind.name}: ${count} records`)
}

/**
 * Copies the records of all kinds. May be interrupted and continued.
 * @throws CopyError before any change when the source is empty, or when the target is not and `existing` refuses it
 */
export async function copyRecords(
  from: RecordStore,
  to: RecordStore,
  { existing, report }: { existing: ExistingRecords; report: ProgressReport }
): Promise<void> {
  const kinds = await openKinds(from, to)
  const sources = await Promise.all(kinds.map(async ({ source }) => await isEmpty(source)))
  if (sources.every(Boolean)) throw new CopyError(`There are no records in the ${from.label}.`)
  const targets = await Promise.all(kinds.map(async ({ target }) => await isEmpty(target)))
  if (existing === 'refuse' && !targets.every(Boolean)) {
    throw new CopyError(
      `There are records in the ${to.label}. Pass --continue to complete an interrupted copy, or --overwrite to replace them.`
    )
  }
  for (const each of kinds) {
    if (existing === 'overwrite') await removeAll(each)
    await copyKind(each, report)
  }
}

/**
 * Reads the records of both stores and compares them. Returns their number.
 * @throws CopyError that names the first kind that differs
 */
export async function compareRecords(from: RecordStore, to: RecordStore): Promise<number> {
  let total = 0
  for (const { kind, source, target } of await openKinds(from, to)) {
    const [original, copy] = [await tallyOf(kind, source), await tallyOf(kind, target)]
    if (original.checksum !== copy.checksum || original.count !== copy.count) {
      throw new CopyError(
        `The records of "${kind.name}" differ: ${original.count} in the ${from.label}, ${copy.count} in the ${to.label}.\n` +
          'Does a server still write to one of them? Stop it and copy again with --overwrite.'
      )
    }
    total += original.count
  }
  return total
}

async function tallyOf(kind: RecordKind, table: RecordTable<StoredRecord>) {
  const tally = createTally()
  for await (const record of readAll(kind, table)) tally.add(documentBytes(record))
  return tally.result()
}
