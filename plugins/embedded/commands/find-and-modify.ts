import { decode, decodeTyped, encode, isDoc, type Doc } from '../bson/codec.ts'
import { CommandError } from '../errors.ts'
import { findDocuments } from '../query/find.ts'
import { compileProjection, type Projection } from '../query/projection.ts'
import type { FoundDocument } from '../query/scan.ts'
import { parseSort } from '../query/sort.ts'
import type { Collection } from '../store/collection.ts'
import { compileUpdate } from '../update/compile.ts'
import { BsonWriter } from '../wire/bson-writer.ts'
import { insertUpserted, modifyDocument } from './modify.ts'
import type { Command, Request } from './request.ts'

/** What was done: the document to show, if any, and what the driver calls `lastErrorObject`. */
interface Outcome {
  shown: Uint8Array | undefined
  summary: Doc
}

function removeFound(collection: Collection | undefined, found: FoundDocument | undefined): Outcome {
  if (!found || !collection) return { shown: undefined, summary: { n: 0 } }
  collection.remove(found.row, decode(found.bytes))
  return { shown: found.bytes, summary: { n: 1 } }
}

function updateFound(request: Request, collection: Collection | undefined, found: FoundDocument | undefined): Outcome {
  const typed = decodeTyped(request.bytes)
  const update = compileUpdate(typed.update, request.body.arrayFilters)
  const showNew = request.flag('new')
  if (found && collection) {
    const { bytes } = modifyDocument(collection, found, update, request.doc('query'))
    return { shown: showNew ? bytes : found.bytes, summary: { n: 1, updatedExisting: true } }
  }
  if (!request.flag('upsert')) return { shown: undefined, summary: { n: 0, updatedExisting: false } }
  const target = request.store.catalog.findOrCreate(request.db, request.collectionName)
  const { id, bytes } = insertUpserted(target, update, isDoc(typed.query) ? typed.query : {})
  return { shown: showNew ? bytes : undefined, summary: { n: 1, updatedExisting: false, upserted: id } }
}

function project(bytes: Uint8Array, projection: Projection | undefined): Uint8Array {
  return projection ? encode(projection(decodeTyped(bytes))) : bytes
}

const findAndModify: Command = {
  writes: true,
  run: request => {
    request.allow([
      'query',
      'sort',
      'remove',
      'update',
      'new',
      'fields',
      'upsert',
      'arrayFilters',
      'bypassDocumentValidation'
    ])
    const removing = request.flag('remove')
    if (removing === 'update' in request.body) {
      throw new CommandError('FailedToParse', 'Either an update or remove=true must be specified, and not both')
    }
    if (removing && (request.flag('new') || request.flag('upsert'))) {
      throw new CommandError('FailedToParse', 'Cannot specify both remove=true and new=true or upsert=true')
    }
    const projection = compileProjection(request.body.fields)
    const { collection } = request
    const [found] = findDocuments(collection, {
      filter: request.doc('query'),
      sort: parseSort(request.body.sort),
      limit: 1,
      deadline: request.deadline
    })
    const { shown, summary } = removing ? removeFound(collection, found) : updateFound(request, collection, found)
    const writer = new BsonWriter(shown?.byteLength ?? 0).document('lastErrorObject', encode(summary))
    if (shown) writer.document('value', project(shown, projection))
    else writer.null('value')
    return writer.double('ok', 1).finish()
  }
}

/** The command that finds one document and changes or removes it. */
export const findAndModifyCommands: Readonly<Record<string, Command>> = { findAndModify, findandmodify: findAndModify }
