import { decode, decodeTyped, encode, isDoc, type Doc } from '../bson/codec.ts'
import { CommandError } from '../errors.ts'
import { findDocuments } from '../query/find.ts'
import { compileProjection } from '../query/projection.ts'
import type { FoundDocument } from '../query/scan.ts'
import { parseSort } from '../query/sort.ts'
import type { Collection } from '../store/collection.ts'
import { compileUpdate } from '../update/compile.ts'
import { BsonWriter } from '../wire/bson-writer.ts'
import { insertUpserted, modifyDocument } from './modify.ts'
import type { Command, Request } from './request.ts'

/** The result of the command: the document to return, if any, and the field `lastErrorObject` of the reply. */
interface Outcome {
  returned: Uint8Array | undefined
  lastErrorObject: Doc
}

function removeFound(collection: Collection | undefined, found: FoundDocument | undefined): Outcome {
  if (!found || !collection) return { returned: undefined, lastErrorObject: { n: 0 } }
  collection.remove(found.row, decode(found.bytes))
  return { returned: found.bytes, lastErrorObject: { n: 1 } }
}

function updateFound(request: Request, collection: Collection | undefined, found: FoundDocument | undefined): Outcome {
  const typed = decodeTyped(request.bytes)
  const update = compileUpdate(typed.update, request.body.arrayFilters)
  const returnsNew = request.flag('new')
  if (found && collection) {
    const { bytes } = modifyDocument(collection, found, update)
    return { returned: returnsNew ? bytes : found.bytes, lastErrorObject: { n: 1, updatedExisting: true } }
  }
  if (!request.flag('upsert')) return { returned: undefined, lastErrorObject: { n: 0, updatedExisting: false } }
  const target = request.store.catalog.findOrCreate(request.db, request.collectionName)
  const { id, bytes } = insertUpserted(target, update, isDoc(typed.query) ? typed.query : {})
  return {
    returned: returnsNew ? bytes : undefined,
    lastErrorObject: { n: 1, updatedExisting: false, upserted: id }
  }
}

const findAndModify: Command = {
  writes: true,
  run: request => {
    request.allowOptions([
      'query',
      'sort',
      'remove',
      'update',
      'new',
      'fields',
      'upsert',
      'hint',
      'arrayFilters',
      'bypassDocumentValidation'
    ])
    const isRemoval = request.flag('remove')
    if (isRemoval === 'update' in request.body) {
      throw new CommandError('FailedToParse', 'Either an update or remove=true must be specified, and not both')
    }
    if (isRemoval && (request.flag('new') || request.flag('upsert'))) {
      throw new CommandError('FailedToParse', 'Cannot specify both remove=true and new=true or upsert=true')
    }
    const project = compileProjection(request.body.fields)
    const { collection } = request
    const [found] = findDocuments(collection, {
      filter: request.doc('query'),
      sort: parseSort(request.body.sort),
      limit: 1,
      hint: request.hint,
      deadline: request.deadline
    })
    const { returned, lastErrorObject } = isRemoval
      ? removeFound(collection, found)
      : updateFound(request, collection, found)
    const writer = new BsonWriter(returned?.byteLength ?? 0).document('lastErrorObject', encode(lastErrorObject))
    if (!returned) writer.null('value')
    else writer.document('value', project ? encode(project(decodeTyped(returned))) : returned)
    return writer.double('ok', 1).finish()
  }
}

/** The command that finds one document and changes or removes it. */
export const findAndModifyCommands: Readonly<Record<string, Command>> = { findAndModify }
