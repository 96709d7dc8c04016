/**
 * MongoDB's error codes by MongoDB's names (src/mongo/base/error_codes.yml). Codes above 20000 have no name
 * there; the names here are ours.
 */
const codes = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidBSON: 22,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  NotExactValueField: 61,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  CommandNotSupported: 115,
  CannotIndexParallelArrays: 171,
  InvalidIndexSpecificationOption: 197,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  OutOfDiskSpace: 14031,
  AmbiguousIndexKeyPath: 16746,
  ProjectionPathCollision: 31249,
  ProjectionMix: 31254,
  UnrecognizedStage: 40324,
  UnknownField: 40415,
  EmptySubProjection: 51270
} as const

export type ErrorName = keyof typeof codes

/**
 * The error of a command, as the client receives it: MongoDB's code and name, and further fields such as `keyPattern`.
 */
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

/**
 * Returns the error for a feature that MongoDB has and this store does not. `feature` is the beginning of a sentence.
 */
export function notSupported(feature: string): CommandError {
  return new CommandError(
    'CommandNotSupported',
    `${feature} is not supported by the embedded store: use a MongoDB server for it (MONGODB_URL)`
  )
}

/** The store cannot be opened. The message is for the person who runs the server. */
export class EmbeddedStoreError extends Error {
  override name = 'EmbeddedStoreError'
}
