import { isDeepStrictEqual } from 'node:util'
import PQueue from 'p-queue'
import { createActions, type RecordWrite, type StaleReference, type StoredVersion } from './dynamo-actions.ts'
import { inGroups, type WriteGroup } from './dynamo-groups.ts'
import { encodeRecord, keyIn, readMainItem, type EncodedRecord, type StoredItem } from './dynamo-items.ts'
import { keyText, placeOf, referencesOf } from './dynamo-keys.ts'
import type { DynamoReads } from './dynamo-reads.ts'
import type { DynamoRequests } from './dynamo-requests.ts'
import { numberAt } from './record-fields.ts'
import {
  RecordConflict,
  RecordStoreUnavailable,
  type KeyValues,
  type RecordKind,
  type StoredRecord
} from './record-store.ts'

/** Transactions of one call in progress at a time. */
const maxConcurrent = 8

/** Writes the records of one kind. Each record and its references are written together. */
export function createDynamoWrites<R extends StoredRecord>({
  kind,
  requests,
  reads,
  nowMs
}: {
  kind: RecordKind
  requests: DynamoRequests
  reads: DynamoReads<R>
  nowMs: () => number
}) {
  const actions = createActions(kind, requests.table, nowMs)

  const writesOf = async (records: readonly R[]): Promise<RecordWrite[]> => {
    const encoded = await Promise.all(records.map(async record => await encodeRecord(kind, record)))
    return encoded.map(record => actions.store(record))
  }

  /** Carries out the writes together. Returns the indexes of those that are refused; nothing is stored then. */
  async function commit(writes: readonly RecordWrite[]): Promise<number[]> {
    const owners = writes.flatMap(write => write.actions.map(() => write))
    await requests.writeEach(writes.flatMap(({ before }) => before))
    const failed = await requests.commit(writes.flatMap(write => write.actions))
    if (failed.length === 0) await complete(writes)
    const refused = new Set(failed.map(action => owners[action]))
    return writes.flatMap((write, index) => (refused.has(write) ? [index] : []))
  }

  /** Completes records that are stored: somebody may have met their references before them, and removed them. */
  async function complete(writes: readonly RecordWrite[]): Promise<void> {
    const before = writes.flatMap(write => write.before)
    const keys = before.map(({ PutRequest }) => keyIn(PutRequest?.Item ?? {}))
    const found = await requests.findMany(keys)
    await requests.writeEach(before.filter(({ PutRequest }) => !found.has(keyText(keyIn(PutRequest?.Item ?? {})))))
    await requests.writeEach(writes.flatMap(({ after }) => after))
  }

  /** Removes references that an interrupted write has left: a person may be found in their keys. */
  async function removeReferences(references: readonly StaleReference[]): Promise<void> {
    for (const reference of references) await requests.commit(actions.removeReference(reference))
  }

  /** Stores the writes of a group in order, up to the first that is refused. Returns the index of that one. */
  async function appendGroup(writes: readonly RecordWrite[]): Promise<number | undefined> {
    let refused: number | undefined
    let rest = writes
    while (rest.length > 0) {
      const [first] = await commit(rest)
      if (first === undefined) break
      refused = first
      rest = rest.slice(0, refused)
    }
    return refused
  }

  /** Stores the writes of a group. Returns the positions of those that were refused. */
  async function insertGroup(group: WriteGroup): Promise<number[]> {
    const refused: number[] = []
    let rest = group.writes.map((write, index) => ({ write, position: group.positions[index] ?? 0 }))
    while (rest.length > 0) {
      const failed = new Set(await commit(rest.map(({ write }) => write)))
      refused.push(...rest.filter((_, index) => failed.has(index)).map(({ position }) => position))
      rest = failed.size === 0 ? [] : rest.filter((_, index) => !failed.has(index))
    }
    return refused
  }

  /** Returns what was read with its references. Those of a damaged record are unknown. */
  async function versionOf(item: StoredItem): Promise<StoredVersion> {
    try {
      const record = await reads.decode(item, true)
      return { item, references: record ? referencesOf(kind, record) : [] }
    } catch (error) {
      if (error instanceof RecordStoreUnavailable) throw error
      return { item, references: item.via ? [{ ...item.via, isUnique: false }] : [] }
    }
  }

  /** Replaces what was read. Returns false when somebody else has changed it meanwhile. Throws RecordConflict. */
  async function replace(record: EncodedRecord, earlier: StoredVersion | undefined): Promise<boolean> {
    const write = actions.store(record, earlier)
    await requests.writeEach(write.before)
    const failed = await requests.commit(write.actions)
    if (failed.length > 0 && !failed.includes(0)) throw new RecordConflict(kind.name, 0)
    if (failed.length === 0) await complete([write])
    return failed.length === 0
  }

  /** Changes one record. Returns whether it was changed. */
  async function changeOne(read: StoredItem, change: (record: R) => R | null): Promise<boolean> {
    for (let item: StoredItem | undefined = read; item; item = await reads.findItem(item.place)) {
      const record = await reads.decode(item, true)
      if (!record) {
        await reads.assertChanged(item)
        continue
      }
      if (read.via && !reads.isFoundBy(record, read.via)) {
        await removeReferences([{ key: read.via, place: item.place, revision: item.revision }])
        return false
      }
      const changed = change(record)
      if (!changed || isDeepStrictEqual(changed, record)) return false
      if (changed._id !== record._id || keyText(placeOf(kind, changed)) !== keyText(item.place)) {
        throw new Error(`a change of ${kind.name} must not change the place or the id`)
      }
      const earlier = { item, references: referencesOf(kind, record) }
      if (await replace(await encodeRecord(kind, changed), earlier)) return true
    }
    return false
  }

  async function removeOne(read: StoredItem): Promise<void> {
    for (let item: StoredItem | undefined = read; item; item = await reads.findItem(item.place)) {
      const version = await versionOf({ ...item, ...(read.via && { via: read.via }) })
      if (await removeIfStale(version)) return
      if ((await commit([actions.remove(version)])).length === 0) return
    }
  }

  /** Removes the reference that found a record which does not have it any more. Returns whether that is so. */
  async function removeIfStale({ item, references }: StoredVersion): Promise<boolean> {
    const { via, place, revision } = item
    if (!via || references.length === 0 || references.some(key => keyText(key) === keyText(via))) return false
    await removeReferences([{ key: via, place, revision }])
    return true
  }

  /** Removes records together, or one by one when somebody changes one of them. */
  async function removeAll(items: readonly StoredItem[]): Promise<void> {
    const found: StoredVersion[] = []
    for (const item of items) {
      const version = await versionOf(item)
      if (!(await removeIfStale(version))) found.push(version)
    }
    for (const { positions, writes } of inGroups(found.map(actions.remove))) {
      if ((await commit(writes)).length === 0) continue
      for (const position of positions) {
        const version = found[position]
        if (version) await removeOne(version.item)
      }
    }
  }

  return {
    async append(records: readonly R[]): Promise<void> {
      for (const group of inGroups(await writesOf(records))) {
        const refused = await appendGroup(group.writes)
        if (refused !== undefined) throw new RecordConflict(kind.name, group.positions[refused] ?? 0)
      }
    },

    async insertEach(records: readonly R[]): Promise<number[]> {
      const queue = new PQueue({ concurrency: maxConcurrent })
      const groups = inGroups(await writesOf(records))
      const refused = await queue.addAll(groups.map(group => async () => await insertGroup(group)))
      return refused.flat().sort((a, b) => a - b)
    },

    async put(record: R, { unlessGreater }: { unlessGreater?: string } = {}): Promise<void> {
      const encoded = await encodeRecord(kind, record)
      for (;;) {
        const attributes = await requests.find(encoded.place)
        const earlier = attributes && (await versionOf(readMainItem(attributes)))
        const stored = unlessGreater !== undefined && earlier && (await reads.findAt(earlier.item.place))
        if (stored && numberAt(stored, unlessGreater) > numberAt(record, unlessGreater)) {
          throw new RecordConflict(kind.name, 0)
        }
        if (await replace(encoded, earlier)) return
      }
    },

    async changeEach(
      key: string,
      values: KeyValues,
      change: (record: R) => R | null,
      { limit = Infinity }: { limit?: number } = {}
    ): Promise<number> {
      const queue = new PQueue({ concurrency: maxConcurrent })
      let changed = 0
      for await (const { items, dangling } of reads.itemPages(key, values)) {
        await removeReferences(dangling)
        for (let n = 0; n < items.length && changed < limit;) {
          const slice = items.slice(n, n + Math.min(maxConcurrent, limit - changed))
          const results = await queue.addAll(slice.map(item => async () => await changeOne(item, change)))
          changed += results.filter(Boolean).length
          n += slice.length
        }
        if (changed >= limit) break
      }
      return changed
    },

    async remove(key: string, values: KeyValues): Promise<void> {
      for await (const { items, dangling } of reads.itemPages(key, values)) {
        await removeReferences(dangling)
        await removeAll(items)
      }
    }
  }
}
