import type { ReactNode } from 'react'
import { tokenize } from 'linkifyjs'
import styles from './linked-text.module.css'

/** A text in which the addresses that begin with http:// or https:// are links. They open beside the show. */
export function LinkedText({ text }: { text: string }): ReactNode {
  return tokenize(text).map((token, index) => {
    const part = token.toString()
    const href = token.isLink ? safeAddress(part) : null
    return href === null ? (
      part
    ) : (
      <a key={index} className={styles.link} href={href} target='_blank' rel='noopener noreferrer nofollow ugc'>
        {part}
        <span className='visually-hidden'> (opens in a new tab)</span>
      </a>
    )
  })
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
