import type { ReactNode } from 'react'
import { tokenize } from 'linkifyjs'
import type { Mention } from '../../../client/index.ts'
import { splitMentions } from './split-mentions.ts'
import styles from './rich-text.module.css'

interface RichTextProps {
  text: string
  mentions: readonly Mention[] | undefined
}

/**
 * A text in which the addresses that begin with http:// or https:// are links, which open beside the show, and the names
 * of mentioned people stand out.
 */
export function RichText({ text, mentions = [] }: RichTextProps): ReactNode {
  return splitMentions(text, mentions).flatMap(({ part, isMention }, place) =>
    isMention ? (
      <strong key={place} className={styles.mention}>
        {part}
      </strong>
    ) : (
      tokenize(part).map((token, index) => {
        const shown = token.toString()
        const href = token.isLink ? safeAddress(shown) : null
        return href === null ? (
          shown
        ) : (
          <a
            key={`${place} ${index}`}
            className={styles.link}
            href={href}
            target='_blank'
            rel='noopener noreferrer nofollow ugc'
          >
            {shown}
            <span className='visually-hidden'> (opens in a new tab)</span>
          </a>
        )
      })
    )
  )
}

/**
 * Returns the address of a link as the browser reads it; null for one that must not be a link. A name before the host
 * can make an address look like another one.
 */
function safeAddress(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || url.username !== '' || url.password !== '') return null
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null
}
