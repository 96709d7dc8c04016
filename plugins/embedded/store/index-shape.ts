/** One field of an index, in its direction. */
export interface IndexField {
  path: string
  descending: boolean
}

/** What planning has to know about an index. */
export interface IndexShape {
  fields: readonly IndexField[]
  unique: boolean
  sparse: boolean
  /** Some document has, or had, an array on the way to one of the fields. */
  multikey: boolean
}
