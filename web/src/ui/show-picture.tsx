import type { Show } from '../../../client/index.ts'
import { Avatar } from './avatar.tsx'
import styles from './show-picture.module.css'

interface ShowPictureProps {
  show: Pick<Show, 'coverUrl' | 'creator'>
  /** `page`: at the top of the page of the show. */
  size: 'medium' | 'large' | 'page'
}

/** The cover of a show, or the picture of its creator. Hidden from screen readers: title and name are beside it. */
export function ShowPicture({ show: { coverUrl, creator }, size }: ShowPictureProps) {
  if (coverUrl) return <Cover url={coverUrl} size={size} />
  const avatar = { id: creator.id, name: creator.displayName, avatarUrl: creator.avatarUrl }
  return size === 'page' ? (
    <div className={styles.person}>
      <Avatar {...avatar} />
    </div>
  ) : (
    <Avatar {...avatar} size={size} />
  )
}

/** A square picture of a show. It has its size before it is loaded. */
export function Cover({ url, size }: { url: string; size: ShowPictureProps['size'] | 'small' | 'fill' }) {
  return <img src={url} alt='' loading='lazy' decoding='async' className={`${styles.cover} ${styles[size]}`} />
}
