import { CodedError } from '../../../contract/errors.ts'
import { linkSenders, type LinkSenders } from '../../../contract/settings.ts'
import { hasLink } from './link-finder.ts'
import { createWordFilter } from '../http/word-filter.ts'

/** Checks the texts of comments before a room accepts them. */
export interface CommentFilter {
  /**
   * Returns the error of a comment that is not accepted: COMMENT_REFUSED.
   * @param showLinks people who may send links in the show
   */
  refusalOf(text: string, author: { isHost: boolean }, showLinks?: LinkSenders): CodedError | undefined
}

/** Creates the filter of a server, for all its shows. */
export function createCommentFilter(blockedWords: readonly string[], serverLinks: LinkSenders): CommentFilter {
  const words = blockedWords.length > 0 ? createWordFilter(blockedWords) : undefined
  return {
    refusalOf(text, { isHost }, showLinks = 'everybody') {
      if (words?.finds(text)) return refused('This comment has a word that is blocked here.')
      const links = linkSenders.indexOf(showLinks) > linkSenders.indexOf(serverLinks) ? showLinks : serverLinks
      const mayLink = links === 'everybody' || (links === 'hosts' && isHost)
      if (mayLink || !hasLink(text)) return undefined
      return refused(links === 'hosts' ? 'Only hosts may send links here.' : 'Comments may not have links here.')
    }
  }
}

function refused(message: string): CodedError {
  return new CodedError('COMMENT_REFUSED', message)
}
