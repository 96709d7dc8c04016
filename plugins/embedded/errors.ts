/** MongoDB's error codes, by the names MongoDB gives them (src/mongo/base/error_codes.yml; the longer ones have no name there). */
const codes = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  TypeMismatch: 14,
  Overflow: 15,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  CommandNotSupported: 115,
  InvalidPipelineOperator: 168,
  CannotIndexParallelArrays: 171,
  InvalidIndexSpecificationOption: 197,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  OutOfDiskSpace: 14031,
  UnknownGroupOperator: 15952,
  ProjectionPathCollision: 31249,
  ProjectionMix: 31254,
  UnrecognizedStage: 40324,
  UnknownField: 40415
} as const

export type ErrorName = keyof typeof codes

/** What a client is told when a command fails: MongoDB's code and name, with further fields such as `keyPattern`. */
export class CommandError extends Error {
  readonly code: number
  readonly codeName: string
  readonly details: Record<string, unknown>

  constructor(codeName: ErrorName, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.name = 'CommandError'
    this.code = codes[codeName]
    this.codeName = codeName
    this.details = details
  }
}

/** The refusal of what MongoDB has and this store does not. */
export function notSupported(what: string): CommandError {
  return new CommandError(
    'CommandNotSupported',
    `${what} is not supported by the embedded store: use a MongoDB for it (MONGODB_URL)`
  )
}

/** Why the store can't be opened, in words for the person who runs the server. */
export class EmbeddedStoreError extends Error {
  override name = 'EmbeddedStoreError'
}
