import { Fragment, type ReactNode } from 'react'
import { AsyncButton } from './async-button.tsx'
import { Skeleton } from './skeleton.tsx'
import type { PagedItems } from './use-paged-list.ts'
import styles from './paged-list.module.css'

interface PagedListProps<T> {
  pages: PagedItems<T>
  /** Shown when the list is empty. */
  empty: ReactNode
  children: (item: T) => ReactNode
  /** Cards stand side by side where there is room. */
  layout?: 'rows' | 'cards'
}

/** A list with a loading, an error and an empty state, and a button for the next page. */
export function PagedList<T extends { id: string }>({
  pages: { items, error, hasMore, loadMore, refresh },
  empty,
  children,
  layout = 'rows'
}: PagedListProps<T>) {
  if (items === null) return error ? <LoadError text={error} onRetry={refresh} /> : <Skeleton layout={layout} />
  return (
    <>
      {error && <LoadError text={error} onRetry={refresh} />}
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
          <AsyncButton onPress={loadMore}>Show more</AsyncButton>
        </p>
      )}
    </>
  )
}

function LoadError({ text, onRetry }: { text: string; onRetry: () => Promise<void> }) {
  return (
    <div role='status' className={styles.error}>
      <p>{text}</p>
      <AsyncButton onPress={onRetry}>Try again</AsyncButton>
    </div>
  )
}
