import { CodedError } from '../../../contract/errors.ts'
import { hasLink } from './link-finder.ts'
import { createWordFilter } from './word-filter.ts'

/** People who may send links in comments. */
export type LinkSenders = 'everybody' | 'hosts' | 'nobody'

/** Checks the texts of comments before a room accepts them. */
export interface CommentFilter {
  /** Returns the error of a comment that this server does not accept: COMMENT_REFUSED. */
  refusalOf(text: string, author: { isHost: boolean }): CodedError | undefined
}

/** Creates the filter of a server, for all its shows. */
export function createCommentFilter(blockedWords: readonly string[], links: LinkSenders): CommentFilter {
  const words = blockedWords.length > 0 ? createWordFilter(blockedWords) : undefined
  return {
    refusalOf(text, { isHost }) {
      if (words?.finds(text)) return refused('This comment has a word that is blocked here.')
      const mayLink = links === 'everybody' || (links === 'hosts' && isHost)
      if (mayLink || !hasLink(text)) return undefined
      return refused(links === 'hosts' ? 'Only hosts may send links here.' : 'Comments may not have links here.')
    }
  }
}

function refused(message: string): CodedError {
  return new CodedError('COMMENT_REFUSED', message)
}
