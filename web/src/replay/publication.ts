import type { Replay } from '../../../client/index.ts'

/** Says to the hosts of a show who can hear its replay; of one that was taken down, also why. */
export function publicationOf({ publishedAt, takenDown }: Pick<Replay, 'publishedAt' | 'takenDown'>): string {
  if (takenDown) {
    return `The people who run this server took this replay down: “${takenDown.reason}” Only hosts can hear it, and it can’t be published.`
  }
  if (publishedAt !== null) return 'Published. Everybody who may see this show can hear it.'
  return 'Not published. Only hosts can hear it.'
}
