import styles from './paged-list.module.css'

/**
 * Placeholders in the size of the content to come, so that nothing jumps when it is loaded. A list of cards may be
 * empty; what it says then is as high as one card.
 */
export function Skeleton({
  layout = 'rows',
  count = layout === 'cards' ? 1 : 2
}: {
  layout?: 'rows' | 'cards'
  count?: number
}) {
  return (
    <div role='status' className={styles[layout]}>
      <span className='visually-hidden'>Loading</span>
      {Array.from({ length: count }, (_, index) => (
        <span key={index} className={`${styles.placeholder} ${layout === 'cards' ? styles.card : styles.row}`} />
      ))}
    </div>
  )
}
