/** A field of an index, with its direction. */
export interface IndexField {
  path: string
  isDescending: boolean
}

/** The properties of an index that the query planner needs. */
export interface IndexShape {
  fields: readonly IndexField[]
  unique: boolean
  sparse: boolean
  /** Whether a document has, or had, an array on the path of one of the fields. */
  multikey: boolean
}
