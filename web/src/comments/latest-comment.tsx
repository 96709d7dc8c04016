import type { CommentsView } from '../../../client/index.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import styles from './latest-comment.module.css'

/** The latest comment in one line, which opens the comments. */
export function LatestComment({ comments: { list }, onOpen }: { comments: CommentsView; onOpen: () => void }) {
  const latest = list.at(-1)
  if (!latest) return null
  const { author, text } = latest
  return (
    <Button className={styles.latest ?? ''} onPress={onOpen}>
      <Avatar id={author.id} name={author.displayName} avatarUrl={author.avatarUrl} size='tiny' />
      <span className={styles.text}>
        <strong>{author.displayName}</strong> {text}
        <span className='visually-hidden'>. Open comments</span>
      </span>
    </Button>
  )
}
