import { CodedError } from '../../../contract/errors.ts'
import { linkSenders, type LinkSenders } from '../../../contract/settings.ts'
import type { BlockedWordLists } from './blocked-words.ts'
import { hasLink } from './link-finder.ts'
import type { WordFilter } from '../http/word-filter.ts'
import { withStoreTimeout } from './with-store-timeout.ts'

/** Checks the texts of comments before a room accepts them. */
export interface CommentFilter {
  /**
   * Returns the error of a comment that is not accepted: COMMENT_REFUSED.
   * @param show people who may send links in it, and the words that its creator blocks
   */
  refusalOf(
    text: string,
    author: { isHost: boolean },
    show?: { links?: LinkSenders | undefined; words?: WordFilter | undefined }
  ): CodedError | undefined
  /** Returns the words that a creator blocks in their shows; undefined for none. Throws UNAVAILABLE. */
  findCreatorWords(creatorId: string): Promise<WordFilter | undefined>
}

export interface CommentFilterParts {
  /** Words that the server blocks in all shows. */
  blockedWords: WordFilter
  /** People who may send links, unless a show allows fewer. */
  links: LinkSenders
  lists: Pick<BlockedWordLists, 'findFilter'>
}

/** Creates the filter of a server, for all its shows. */
export function createCommentFilter({ blockedWords, links: serverLinks, lists }: CommentFilterParts): CommentFilter {
  return {
    findCreatorWords: async creatorId => await withStoreTimeout(lists.findFilter(creatorId)),
    refusalOf(text, { isHost }, { links: showLinks = 'everybody', words: creatorWords } = {}) {
      // One message for both lists: nobody learns which words are whose.
      const isBlocked = blockedWords.finds(text) || creatorWords?.finds(text)
      if (isBlocked) return refused('This comment has a word that is blocked here.')
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
