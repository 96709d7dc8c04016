import styles from './loading.module.css'

/** Shown in place of a page while it loads. */
export function Loading() {
  return (
    <div className={styles.loading} role='status'>
      <span className={styles.pulse} />
      <span className='visually-hidden'>Loading</span>
    </div>
  )
}
