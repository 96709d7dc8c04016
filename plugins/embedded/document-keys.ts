/** The keys that an index holds of a document, for tools that check documents before they write them to a database. */
export { decode, type Doc } from './bson/codec.ts'
export { CommandError } from './errors.ts'
export { documentKeys } from './store/index-keys.ts'
export type { IndexShape } from './store/index-shape.ts'
export { indexFields } from './store/index-spec.ts'
