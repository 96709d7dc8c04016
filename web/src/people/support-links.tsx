import { ExternalLink } from 'lucide-react'
import type { Link } from '../../../client/index.ts'
import styles from './support-links.module.css'

/** Links on which a person can be supported directly. They lead to other sites, chosen by that person. */
export function SupportLinks({ links, name }: { links: readonly Link[]; name: string }) {
  const safe = links.filter(({ url }) => url.startsWith('https://'))
  if (safe.length === 0) return null
  return (
    <ul className={styles.links} aria-label={`Support ${name}`}>
      {safe.map(({ label, url }) => (
        <li key={url}>
          <a className={styles.link} href={url} target='_blank' rel='noopener noreferrer nofollow ugc'>
            <span className={styles.label}>{label}</span>
            <span className={styles.host}>
              {hostOf(url)}
              <span className='visually-hidden'>, opens in a new tab</span>
            </span>
            <ExternalLink size={16} aria-hidden='true' />
          </a>
        </li>
      ))}
    </ul>
  )
}

/** Returns the host name of a link, since its label may hide where it leads. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host.replace(/^www\./, '') : url
}
