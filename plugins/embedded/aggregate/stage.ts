import type { Doc } from '../bson/codec.ts'
import type { Deadline } from '../query/find.ts'
import type { Collection } from '../store/collection.ts'

/** What a pipeline may reach besides its own collection. */
export interface Surroundings {
  collection: (name: string) => Collection | undefined
  deadline?: Deadline
}

/** One stage: documents in, documents out. */
export type Stage = (docs: Iterable<Doc>) => Iterable<Doc>
