import type { Comment, LiveComment } from '../../../contract/comments.ts'
import type { Person } from '../../../contract/users.ts'
import type { Users } from '../people/users.ts'
import { personIn } from '../shows/unknown-person.ts'
import { toComment, toLiveComment, type CommentDocument } from './document.ts'
import type { Replied } from './replied.ts'

/** Stored comments as clients get them, in the same order. */
export interface ShownComments {
  comments(documents: readonly CommentDocument[]): Promise<Comment[]>
  liveComments(documents: readonly CommentDocument[]): Promise<LiveComment[]>
}

export interface ShownCommentsParts {
  users: Pick<Users, 'people'>
  replied: Pick<Replied, 'of'>
}

/**
 * Adds to comments their authors and the comments before them, read anew each time. Removes mentions of people whose
 * account was erased: the comments of others keep their ids and names.
 */
export function createShownComments({ users, replied }: ShownCommentsParts): ShownComments {
  async function show<T>(
    documents: readonly CommentDocument[],
    toShown: (document: CommentDocument, author: Person, replyTo?: LiveComment['replyTo']) => T
  ): Promise<T[]> {
    const people = await users.people(documents.flatMap(peopleOf))
    const originals = await replied.of(documents)
    return documents.map(document =>
      toShown(
        withMentionsOf(document, people),
        personIn(people, document.authorId),
        originals.get(document.replyTo ?? '')
      )
    )
  }

  return {
    comments: async documents => await show(documents, toComment),
    liveComments: async documents => await show(documents, toLiveComment)
  }
}

function peopleOf({ authorId, mentions = [] }: CommentDocument): string[] {
  return [authorId, ...mentions.map(({ userId }) => userId)]
}

function withMentionsOf(document: CommentDocument, people: ReadonlyMap<string, Person>): CommentDocument {
  const { mentions } = document
  return mentions ? { ...document, mentions: mentions.filter(({ userId }) => people.has(userId)) } : document
}
