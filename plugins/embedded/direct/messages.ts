/** Reads of documents by _id, in turns: namespace, id, namespace, id, … */
export type ReadRequest = readonly string[]

/** Instead of a length: there is no such document. */
export const noDocument = -1
/** Instead of a length: the read failed. */
export const readFailed = -2

/** Answers to reads, in the order of the reads. The bytes of the documents follow one another. */
export interface ReadAnswer {
  /** One length for each read: bytes of the document, `noDocument` or `readFailed`. */
  lengths: readonly number[]
  bytes: Uint8Array<ArrayBuffer>
}
