import { Button } from 'react-aria-components'
import type { CommentsView } from '../../../client/index.ts'
import { Portrait } from '../parts/portrait.tsx'
import styles from './latest-comment.module.css'

/** What was said last, in a line; a tap opens the rest. */
export function LatestComment({ comments: { list }, onOpen }: { comments: CommentsView; onOpen: () => void }) {
  const last = list.at(-1)
  if (!last) return null
  const { author, text } = last
  return (
    <Button className={styles.latest ?? ''} onPress={onOpen}>
      <Portrait id={author.id} name={author.displayName} avatarUrl={author.avatarUrl} size='tiny' />
      <span className={styles.text}>
        <strong>{author.displayName}</strong> {text}
        <span className='visually-hidden'>. Read the comments</span>
      </span>
    </Button>
  )
}
