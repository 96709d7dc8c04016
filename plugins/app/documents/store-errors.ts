import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoError,
  MongoErrorLabel,
  MongoExpiredSessionError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerClosedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoStalePrimaryError,
  MongoTopologyClosedError
} from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import { RecordStoreUnavailable } from '../../external/records/record-store.ts'

/** Errors of the driver: it has no connection, or got no answer in time. */
const temporaryClasses = [
  MongoNetworkError,
  MongoServerSelectionError,
  MongoNotConnectedError,
  MongoTopologyClosedError,
  MongoClientClosedError,
  MongoServerClosedError,
  MongoOperationTimeoutError,
  MongoStalePrimaryError,
  MongoExpiredSessionError
]
/** Names of classes that the driver does not export. */
const temporaryNames: ReadonlySet<string> = new Set(['MongoPoolClosedError', 'MongoWaitQueueTimeoutError'])
/** Labels by which the driver or the server says that the same operation may succeed later. */
const temporaryLabels = [
  MongoErrorLabel.RetryableError,
  MongoErrorLabel.SystemOverloadedError,
  MongoErrorLabel.RetryableWriteError,
  MongoErrorLabel.TransientTransactionError,
  MongoErrorLabel.ResetPool,
  MongoErrorLabel.PoolRequestedRetry,
  MongoErrorLabel.InterruptInUseConnections
]

/**
 * Codes of a server for an operation that it could not carry out at the moment: network, elections, shutdown,
 * interruption, locks, overload. https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
 */
const temporaryCodes: ReadonlySet<unknown> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  24, // LockTimeout
  43, // CursorNotFound
  46, // LockBusy
  50, // MaxTimeMSExpired
  63, // StaleShardVersion
  64, // WriteConcernTimeout
  89, // NetworkTimeout
  91, // ShutdownInProgress
  112, // WriteConflict
  117, // ConflictingOperationInProgress
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  150, // StaleEpoch
  175, // QueryPlanKilled
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  216, // ElectionInProgress
  237, // CursorKilled
  262, // ExceededTimeLimit
  279, // ClientDisconnect
  317, // ConnectionPoolExpired
  462, // IngressRequestRateLimitExceeded
  9001, // SocketException
  10058, // LegacyNotPrimary
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11601, // Interrupted
  11602, // InterruptedDueToReplStateChange
  13388, // StaleConfig
  13435, // NotPrimaryNoSecondaryOk
  13436 // NotPrimaryOrSecondary
])

/**
 * Whether an error of the database or of the store of records means "try again": the same operation may succeed in a
 * moment.
 */
export function isStoreUnavailable(error: unknown): boolean {
  if (error instanceof RecordStoreUnavailable) return true
  if (!(error instanceof MongoError)) return false
  return (
    temporaryClasses.some(type => error instanceof type) ||
    temporaryNames.has(error.name) ||
    temporaryLabels.some(label => error.hasErrorLabel(label)) ||
    (error instanceof MongoServerError && codesOf(error).some(code => temporaryCodes.has(code)))
  )
}

/** Returns the codes of an error. That of a bulk write may be an error of its write concern only. */
function codesOf(error: MongoServerError): unknown[] {
  const concern = error instanceof MongoBulkWriteError ? error.result.getWriteConcernError()?.code : undefined
  return [error.code, concern]
}

/** The error that clients get while the store is unavailable. */
export function storeUnavailable(): CodedError {
  return new CodedError('UNAVAILABLE', 'The database is unavailable; try again in a moment.')
}
