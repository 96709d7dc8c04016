import type { ReactNode } from 'react'
import { ExternalLink } from 'lucide-react'
import { isWebAddress } from './sources.ts'
import styles from './source-credit.module.css'

interface OutsideLinkProps {
  address: string
  children: ReactNode
  /** The page was found for this content by a repository; otherwise people have chosen the address. */
  isCredit?: boolean
}

/** A link that leaves Ambient. Its text alone where the address is none of the web. */
export function OutsideLink({ address, children, isCredit = false }: OutsideLinkProps) {
  if (!isWebAddress(address)) return <span>{children}</span>
  return (
    <a
      className={styles.link}
      href={address}
      target='_blank'
      // The terms of Discogs want links to its pages that search engines follow.
      rel={isCredit ? 'noopener noreferrer' : 'noopener noreferrer nofollow ugc'}
    >
      {children}
      <ExternalLink size={14} aria-hidden='true' />
      <span className='visually-hidden'>, opens in a new tab</span>
    </a>
  )
}
