import { ExternalLink } from 'lucide-react'
import type { Link } from '../../../client/index.ts'
import styles from './support-links.module.css'

/** Where somebody can be supported directly. They lead away from here, to addresses that their owner chose. */
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
              <span className='visually-hidden'>, opens a new tab</span>
            </span>
            <ExternalLink size={16} aria-hidden='true' />
          </a>
        </li>
      ))}
    </ul>
  )
}

/** What the link's own text may not say: where it leads. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host.replace(/^www\./, '') : url
}
