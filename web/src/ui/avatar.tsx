import styles from './avatar.module.css'

interface AvatarProps {
  id: string
  name: string
  avatarUrl: string | null
  size?: 'mini' | 'tiny' | 'small' | 'medium' | 'large' | 'fill'
}

/**
 * A person's picture, or their initials on a color derived from their id. Hidden from screen readers: the name is
 * beside it.
 */
export function Avatar({ id, name, avatarUrl, size = 'fill' }: AvatarProps) {
  const initials = name
    .split(/\s+/)
    .slice(0, 2)
    .map(word => [...word][0] ?? '')
    .join('')
    .toUpperCase()
  const hue = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7)
  return (
    <span className={`${styles.avatar} ${styles[size]}`} style={{ '--hue': hue }} aria-hidden='true'>
      {avatarUrl ? <img src={avatarUrl} alt='' loading='lazy' decoding='async' /> : initials}
    </span>
  )
}
