import { Fragment, type ReactNode } from 'react'
import { Action } from './action.tsx'
import type { Pages } from './use-pages.ts'
import styles from './listing.module.css'

interface ListingProps<T> {
  pages: Pages<T>
  /** Said where there is nothing. */
  empty: ReactNode
  children: (item: T) => ReactNode
  /** Broad entries stand beside each other where there is room. */
  layout?: 'rows' | 'cards'
}

/** A list with its looks while it loads, when it fails and when it is empty, and the next page on demand. */
export function Listing<T extends { id: string }>({
  pages: { items, fault, hasMore, more, refresh },
  empty,
  children,
  layout = 'rows'
}: ListingProps<T>) {
  if (items === null) return fault ? <Fault text={fault} again={refresh} /> : <Skeleton layout={layout} />
  return (
    <>
      {fault && <Fault text={fault} again={refresh} />}
      {items.length === 0 ? (
        <div className={styles.empty}>{empty}</div>
      ) : (
        <ul className={styles[layout]}>
          {items.map(item => (
            <Fragment key={item.id}>{children(item)}</Fragment>
          ))}
        </ul>
      )}
      {hasMore && (
        <p className={styles.more}>
          <Action onPress={more}>Show more</Action>
        </p>
      )}
    </>
  )
}

function Fault({ text, again }: { text: string; again: () => Promise<void> }) {
  return (
    <div role='status' className={styles.fault}>
      <p>{text}</p>
      <Action onPress={again}>Try again</Action>
    </div>
  )
}

/** Holds the place of what is to come, so that nothing jumps. */
export function Skeleton({ layout = 'rows', count = 2 }: { layout?: 'rows' | 'cards'; count?: number }) {
  return (
    <div role='status' className={styles[layout]}>
      <span className='visually-hidden'>Loading</span>
      {Array.from({ length: count }, (_, at) => (
        <span key={at} className={`${styles.ghost} ${layout === 'cards' ? styles.card : styles.row}`} />
      ))}
    </div>
  )
}
