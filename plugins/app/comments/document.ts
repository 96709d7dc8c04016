import type { Comment, LiveComment } from '../../../contract/comments.ts'
import type { Person } from '../../../contract/users.ts'

/** A comment as it is stored. Of a deleted one the text is gone; the rest stays, so that sending it again makes no new one. */
export interface CommentDocument {
  _id: string
  showId: string
  authorId: string
  clientId: string
  text: string
  /** Strictly increasing within a show: the order of the store is the order in which people were told. */
  createdAt: Date
  deletedAt: Date | null
}

/** What makes a comment the same one. */
export interface CommentKey {
  readonly showId: string
  readonly authorId: string
  readonly clientId: string
}

/** The comment as it travels in a live show. */
export function toLiveComment(
  { _id, clientId, showId, text, createdAt }: CommentDocument,
  { id, displayName, avatarUrl }: Person
): LiveComment {
  return { id: _id, clientId, showId, author: { id, displayName, avatarUrl }, text, createdAt: createdAt.getTime() }
}

/** The comment over REST. */
export function toComment(document: CommentDocument, author: Person): Comment {
  return { ...toLiveComment(document, author), createdAt: document.createdAt.toISOString() }
}
