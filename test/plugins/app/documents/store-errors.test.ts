import * as driver from 'mongodb'
import { MongoBulkWriteError, MongoError, MongoErrorLabel, MongoServerError } from 'mongodb'
import t from 'tap'
import { isStoreUnavailable } from '../../../../plugins/app/documents/store-errors.ts'

/** Error classes of the driver that mean "try again", and those that do not. A new one has to join a list. */
const temporary = [
  'MongoClientClosedError',
  'MongoExpiredSessionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoNotConnectedError',
  'MongoOperationTimeoutError',
  'MongoServerClosedError',
  'MongoServerSelectionError',
  'MongoStalePrimaryError',
  'MongoTopologyClosedError'
]
const lasting = [
  'MongoAPIError',
  'MongoAWSError',
  'MongoAzureError',
  'MongoBatchReExecutionError',
  'MongoBulkWriteError',
  'MongoChangeStreamError',
  'MongoClientBulkWriteCursorError',
  'MongoClientBulkWriteError',
  'MongoClientBulkWriteExecutionError',
  'MongoCompatibilityError',
  'MongoCursorExhaustedError',
  'MongoCursorInUseError',
  'MongoDecompressionError',
  'MongoDriverError',
  'MongoError',
  'MongoGCPError',
  'MongoGridFSChunkError',
  'MongoGridFSStreamError',
  'MongoInvalidArgumentError',
  'MongoKerberosError',
  'MongoMissingCredentialsError',
  'MongoMissingDependencyError',
  'MongoOIDCError',
  'MongoParseError',
  'MongoRuntimeError',
  'MongoServerError',
  'MongoSystemError',
  'MongoTailableCursorError',
  'MongoTransactionError',
  'MongoUnexpectedServerResponseError',
  'MongoWriteConcernError'
]

/** Creates an error of a class without its constructor, which only the driver may call. */
function errorOf(prototype: object, fields: object = {}): unknown {
  return Object.assign(Object.create(prototype), { errorLabelSet: new Set(), result: {}, ...fields })
}

const serverError = (code: number, errorLabels: string[] = []) =>
  new MongoServerError({ message: 'no', code, errorLabels })

t.test('every error class of the driver', async t => {
  const classes = new Map(
    Object.entries(driver).flatMap(([name, value]) => {
      const prototype: unknown = typeof value === 'function' ? value.prototype : null
      const isError = prototype === MongoError.prototype || prototype instanceof MongoError
      return isError ? [[name, prototype as object] as const] : []
    })
  )
  t.same(
    new Set([...classes.keys()].filter(name => !name.startsWith('MongoCrypt'))),
    new Set([...temporary, ...lasting]),
    'all are named here'
  )
  for (const [names, expected] of [
    [temporary, true],
    [lasting, false]
  ] as const) {
    for (const name of names) {
      const result = { getWriteConcernError: () => undefined }
      t.equal(isStoreUnavailable(errorOf(classes.get(name)!, { result })), expected, name)
    }
  }
})

t.test('classes that the driver does not export', async t => {
  for (const name of ['MongoPoolClosedError', 'MongoWaitQueueTimeoutError', 'MongoPoolClearedError']) {
    const base = name === 'MongoPoolClearedError' ? driver.MongoNetworkError : driver.MongoDriverError
    const prototype = Object.create(base.prototype, { name: { value: name } })
    t.equal(isStoreUnavailable(errorOf(prototype)), true, name)
  }
})

t.test('every label of the driver', async t => {
  const expected: Record<keyof typeof MongoErrorLabel, boolean> = {
    RetryableError: true,
    SystemOverloadedError: true,
    RetryableWriteError: true,
    TransientTransactionError: true,
    ResetPool: true,
    PoolRequestedRetry: true,
    InterruptInUseConnections: true,
    // These say where an error comes from, or concern features that are not used.
    HandshakeError: false,
    NoWritesPerformed: false,
    ResumableChangeStreamError: false,
    UnknownTransactionCommitResult: false
  }
  t.same(new Set(Object.keys(expected)), new Set(Object.keys(MongoErrorLabel)), 'all are named here')
  for (const [label, isTemporary] of Object.entries(expected)) {
    t.equal(isStoreUnavailable(serverError(8000, [label])), isTemporary, label)
  }
})

t.test('codes of a server', async t => {
  const again = [6, 7, 24, 43, 46, 50, 63, 64, 89, 91, 112, 117, 133, 134, 150, 175, 189, 202, 216, 237, 262, 279, 317]
  const further = [462, 9001, 10058, 10107, 11600, 11601, 11602, 13388, 13435, 13436]
  for (const code of [...again, ...further]) t.equal(isStoreUnavailable(serverError(code)), true, `${code}`)
  // Bad value, unauthorized, authentication failed, cannot create index, document too large, duplicate key, disk full.
  for (const code of [2, 13, 18, 67, 85, 10334, 11000, 14031, 0]) {
    t.equal(isStoreUnavailable(serverError(code)), false, `${code}`)
  }
})

t.test('a bulk write whose write concern failed', async t => {
  for (const [code, expected] of [
    [64, true],
    [79, false]
  ] as const) {
    const result = { getWriteConcernError: () => ({ code }) }
    t.equal(isStoreUnavailable(errorOf(MongoBulkWriteError.prototype, { result })), expected, `${code}`)
  }
})

t.test('other errors and values', async t => {
  for (const error of [new Error('no'), new TypeError('no'), { code: 462 }, 'no', null, undefined]) {
    t.equal(isStoreUnavailable(error), false, String(error))
  }
})
