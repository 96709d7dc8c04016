import { ObjectId } from 'bson'
import { assertStorable, decode, decodeTyped, encode, encodeStored, isDoc, type Doc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError } from '../errors.ts'
import { findDocuments } from '../query/find.ts'
import { compileUpdate } from '../update/compile.ts'
import { assertStorableFields, insertUpserted, modifyDocument } from './modify.ts'
import { assertOptions, hintIn, type Command, type Request } from './request.ts'

/** Runs the statements in order and returns their errors. In an ordered batch, the first error ends it. */
function runStatements(request: Request, field: string, run: (bytes: Uint8Array, index: number) => void): Doc[] {
  const isOrdered = request.body.ordered === undefined || request.flag('ordered')
  const errors: Doc[] = []
  for (const [index, bytes] of request.documents(field).entries()) {
    try {
      run(bytes, index)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      errors.push({ index, code: error.code, errmsg: error.message, ...error.details })
      if (isOrdered) break
    }
  }
  return errors
}

function reply(result: Doc, errors: Doc[]): Uint8Array {
  return encode({ ...result, ...(errors.length > 0 ? { writeErrors: errors } : {}), ok: 1 })
}

/** Returns the document as it will be stored: with an `_id` as its first field. */
function withId(bytes: Uint8Array): { doc: Doc; bytes: Uint8Array } {
  const doc = decode(bytes)
  if (Object.keys(doc)[0] === '_id') {
    assertStorable(bytes)
    return { doc, bytes }
  }
  const { _id: id = new ObjectId(), ...rest } = decodeTyped(bytes)
  const whole = { _id: id, ...rest }
  return { doc: whole, bytes: encodeStored(whole) }
}

const insert: Command = {
  writes: true,
  run: request => {
    request.allowOptions(['documents', 'ordered', 'bypassDocumentValidation'])
    const collection = request.store.catalog.findOrCreate(request.db, request.collectionName)
    let n = 0
    const errors = runStatements(request, 'documents', given => {
      const { doc, bytes } = withId(given)
      assertStorableFields(doc)
      collection.insert(doc, bytes)
      n++
    })
    return reply({ n }, errors)
  }
}

/** Throws, naming it, for an option of a statement that is not among the given ones. */
function allowOptions(statement: Doc, kind: string, options: readonly string[]): void {
  assertOptions(kind, statement, option => options.includes(option))
}

function filterOf(statement: Doc): Doc {
  if (!isDoc(statement.q)) throw new CommandError('TypeMismatch', "a statement needs a query 'q' that is a document")
  return statement.q
}

/** Returns a flag of a statement. Unlike those of commands, it has to be a boolean. */
function flagOf(statement: Doc, name: string): boolean {
  const value = statement[name] ?? false
  if (typeof value === 'boolean') return value
  throw new CommandError('TypeMismatch', `BSON field 'update.updates.${name}' is the wrong type, expected type 'bool'`)
}

interface UpdateTotals {
  n: number
  nModified: number
  upserted: Doc[]
}

/** Finds all rows before the first one is written, so that no row is found again at its new place in an index. */
function rowsFor(request: Request, statement: Doc, limit: number): number[] {
  const search = { filter: filterOf(statement), limit, deadline: request.deadline, hint: hintIn(statement) }
  return Array.from(findDocuments(request.collection, search), ({ row }) => row)
}

function runUpdate(request: Request, bytes: Uint8Array, index: number, totals: UpdateTotals): void {
  const [plain, typed] = [decode(bytes), decodeTyped(bytes)]
  allowOptions(plain, 'update', ['q', 'u', 'multi', 'upsert', 'hint', 'arrayFilters'])
  const update = compileUpdate(typed.u, plain.arrayFilters)
  const isMulti = flagOf(plain, 'multi')
  const isUpsert = flagOf(plain, 'upsert')
  if (isMulti && update.isReplacement) {
    throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update')
  }
  const { collection } = request
  const rows = rowsFor(request, plain, isMulti ? 0 : 1)
  if (rows.length === 0 && isUpsert) {
    const target = request.store.catalog.findOrCreate(request.db, request.collectionName)
    totals.upserted.push({ index, _id: insertUpserted(target, update, filterOf(typed)).id })
    totals.n++
  }
  // A statement that fails at one of several documents counts none of them, as in MongoDB.
  const done = { n: 0, nModified: 0 }
  for (const row of rows) {
    const stored = collection?.read(row)
    if (!collection || !stored) continue
    if (modifyDocument(collection, { row, bytes: stored }, update).isChanged) done.nModified++
    done.n++
  }
  totals.n += done.n
  totals.nModified += done.nModified
}

const update: Command = {
  writes: true,
  run: request => {
    request.allowOptions(['updates', 'ordered', 'bypassDocumentValidation'])
    const totals: UpdateTotals = { n: 0, nModified: 0, upserted: [] }
    const errors = runStatements(request, 'updates', (bytes, index) => runUpdate(request, bytes, index, totals))
    const { upserted, ...counts } = totals
    return reply(upserted.length > 0 ? { ...counts, upserted } : { ...counts }, errors)
  }
}

function runDelete(request: Request, bytes: Uint8Array): number {
  const statement = decode(bytes)
  allowOptions(statement, 'delete', ['q', 'limit', 'hint'])
  const limit = numberIn(statement.limit)
  if (limit !== 0 && limit !== 1) {
    throw new CommandError(
      'FailedToParse',
      `The limit field in delete objects must be 0 or 1. Got ${String(statement.limit)}`
    )
  }
  const { collection } = request
  const rows = rowsFor(request, statement, limit)
  for (const row of rows) {
    const stored = collection?.read(row)
    if (stored) collection?.remove(row, decode(stored))
  }
  return rows.length
}

const remove: Command = {
  writes: true,
  run: request => {
    request.allowOptions(['deletes', 'ordered'])
    let n = 0
    const errors = runStatements(request, 'deletes', bytes => {
      n += runDelete(request, bytes)
    })
    return reply({ n }, errors)
  }
}

/** The commands that write documents in batches. */
export const writeCommands: Readonly<Record<string, Command>> = { insert, update, delete: remove }
