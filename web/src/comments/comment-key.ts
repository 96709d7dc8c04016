import type { ShownComment } from '../../../client/index.ts'

/**
 * Returns a key for a comment that stays the same while it is sent. Its id is known only after the server has answered.
 */
export function commentKey({ author, clientId }: Pick<ShownComment, 'author' | 'clientId'>): string {
  return `${author.id} ${clientId}`
}
