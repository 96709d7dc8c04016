import type { ReactNode } from 'react'
import styles from './notice.module.css'

/** A quiet word in place of content: nothing here, gone, or not possible. */
export function Notice({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <section className={styles.notice}>
      <h1>{title}</h1>
      {children}
    </section>
  )
}

export function Loading() {
  return (
    <div className={styles.loading} role='status'>
      <span className={styles.pulse} />
      <span className='visually-hidden'>Loading</span>
    </div>
  )
}
