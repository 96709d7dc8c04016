import type { ShownComment } from '../../../client/index.ts'

/** The same from the moment its author sends it: its id comes only with the server's answer. */
export function keyOf({ author, clientId }: Pick<ShownComment, 'author' | 'clientId'>): string {
  return `${author.id} ${clientId}`
}
