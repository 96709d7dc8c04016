import { Link } from 'wouter'
import styles from './tag-links.module.css'

interface TagLinksProps {
  tags?: readonly string[] | undefined
  /** Links that stand alone, not in a card. */
  isLarge?: boolean
}

/** Tags, each a link to the shows that have it; renders nothing without tags. */
export function TagLinks({ tags = [], isLarge = false }: TagLinksProps) {
  if (tags.length === 0) return null
  return (
    <ul className={`${styles.tags} ${isLarge ? styles.large : ''}`} aria-label='Tags'>
      {tags.map(tag => (
        <li key={tag}>
          <Link href={`/?tag=${encodeURIComponent(tag)}`} className={styles.tag ?? ''}>
            #{tag}
          </Link>
        </li>
      ))}
    </ul>
  )
}
