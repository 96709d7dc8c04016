import {
  maxExcerptLength,
  type Comment,
  type LiveComment,
  type Mention,
  type RepliedComment
} from '../../../contract/comments.ts'
import { leadingGraphemes } from '../../../contract/graphemes.ts'
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
  /** The id of the comment that this one replies to. */
  replyTo?: string
  mentions?: readonly Mention[]
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
  { _id, clientId, showId, text, mentions, createdAt }: CommentDocument,
  { id, displayName, avatarUrl }: Person,
  replyTo?: RepliedComment
): LiveComment {
  return {
    id: _id,
    clientId,
    showId,
    author: { id, displayName, avatarUrl },
    text,
    ...(replyTo && { replyTo }),
    ...(mentions?.length && { mentions: [...mentions] }),
    createdAt: createdAt.getTime()
  }
}

/** Returns what the replies to a comment show of it; nothing but its id when it was deleted. */
export function toRepliedComment(
  id: string,
  comment: CommentDocument | null | undefined,
  author: Person | null
): RepliedComment {
  if (!comment || comment.deletedAt || !author) return { id, author: null, excerpt: '' }
  const line = comment.text.replaceAll('\n', ' ')
  const excerpt = leadingGraphemes(line, maxExcerptLength)
  return { id, author, excerpt: excerpt === line ? line : `${excerpt}…` }
}

/** Returns a comment without what its author wrote. */
export function emptied({ replyTo, mentions, ...comment }: CommentDocument, deletedAt: Date): CommentDocument {
  return { ...comment, text: '', deletedAt }
}

/** Returns a comment as REST sends it. */
export function toComment(document: CommentDocument, author: Person, replyTo?: RepliedComment): Comment {
  return { ...toLiveComment(document, author, replyTo), createdAt: document.createdAt.toISOString() }
}
