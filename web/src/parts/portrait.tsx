import styles from './portrait.module.css'

interface PortraitProps {
  id: string
  name: string
  avatarUrl: string | null
  size?: 'tiny' | 'small' | 'medium' | 'big' | 'large'
}

/** Somebody's picture; their initials on a colour of their own where there is none. */
export function Portrait({ id, name, avatarUrl, size = 'large' }: PortraitProps) {
  const initials = name
    .split(/\s+/)
    .slice(0, 2)
    .map(word => [...word][0] ?? '')
    .join('')
    .toUpperCase()
  const hue = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7)
  return (
    <span className={`${styles.portrait} ${styles[size]}`} style={{ '--hue': hue }} aria-hidden='true'>
      {avatarUrl ? <img src={avatarUrl} alt='' loading='lazy' decoding='async' /> : initials}
    </span>
  )
}
