import { isDoc, type Doc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError, notSupported } from '../errors.ts'
import type { Request } from './request.ts'

const maxWriteNodes = 50

/**
 * Checks how many nodes must have a write. There is one, so that `w: 2` can never be fulfilled. MongoDB refuses it in
 * the same words when it is not a replica set.
 */
function assertWriteConcern({ w, ...options }: Doc): void {
  for (const option of Object.keys(options)) {
    if (!['j', 'wtimeout', 'fsync', 'wtimeoutMS', 'provenance'].includes(option)) {
      throw new CommandError('UnknownField', `BSON field 'writeConcern.${option}' is an unknown field.`)
    }
  }
  if (w === undefined || w === null || w === 'majority') return
  if (isDoc(w) || typeof w === 'string') {
    const mode = typeof w === 'string' ? `'${w}'` : 'with tags'
    throw new CommandError(
      'BadValue',
      `cannot use non-majority 'w' mode ${mode} when a host is not a member of a replica set`
    )
  }
  const nodes = numberIn(w)
  if (nodes === undefined || !Number.isInteger(nodes) || nodes < 0 || nodes > maxWriteNodes) {
    throw new CommandError('FailedToParse', `w has to be a non-negative number and not greater than ${maxWriteNodes}`)
  }
  if (nodes > 1) throw new CommandError('BadValue', "cannot use 'w' > 1 when a host is not replicated")
}

/** Checks the state of the data that a command asks to read. The store has one: that of the last write. */
function assertReadConcern({ level, ...options }: Doc): void {
  const option = Object.keys(options).find(name => name !== 'provenance')
  if (option !== undefined) throw notSupported(`The option '${option}' of readConcern`)
  if (level === 'snapshot') throw notSupported("The readConcern 'snapshot'")
  if (level !== undefined && !['local', 'available', 'majority', 'linearizable'].includes(String(level))) {
    throw new CommandError('FailedToParse', "Enumeration value for field 'readConcern.level' is not a valid value")
  }
}

function optionOf(request: Request, name: string): Doc | undefined {
  const value = request.body[name]
  if (value === undefined || value === null) return undefined
  if (isDoc(value)) return value
  throw new CommandError(
    'TypeMismatch',
    `BSON field '${request.name}.${name}' is the wrong type, expected type 'object'`
  )
}

/** Throws for a write concern or read concern that a single node cannot fulfil, before the command does anything. */
export function assertConcerns(request: Request): void {
  const [writeConcern, readConcern] = [optionOf(request, 'writeConcern'), optionOf(request, 'readConcern')]
  if (writeConcern) assertWriteConcern(writeConcern)
  if (readConcern) assertReadConcern(readConcern)
}
