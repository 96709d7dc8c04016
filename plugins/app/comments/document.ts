import type { Comment, LiveComment } from '../../../contract/comments.ts'
import type { Person } from '../../../contract/users.ts'

/**
 * A comment in the collection `comments`. A deleted comment loses its text; its document stays, so that sending it
 * again does not create a new one.
 */
export interface CommentDocument {
  _id: string
  showId: string
  authorId: string
  clientId: string
  text: string
  /** Strictly increasing within a show: the order of the store is the order of delivery. */
  createdAt: Date
  deletedAt: Date | null
}

/** Identity of a comment: the same key is the same comment. */
export interface CommentKey {
  readonly showId: string
  readonly authorId: string
  readonly clientId: string
}

/** Returns a comment as the socket protocol sends it. */
export function toLiveComment(
  { _id, clientId, showId, text, createdAt }: CommentDocument,
  { id, displayName, avatarUrl }: Person
): LiveComment {
  return { id: _id, clientId, showId, author: { id, displayName, avatarUrl }, text, createdAt: createdAt.getTime() }
}

/** Returns a comment as REST sends it. */
export function toComment(document: CommentDocument, author: Person): Comment {
  return { ...toLiveComment(document, author), createdAt: document.createdAt.toISOString() }
}
