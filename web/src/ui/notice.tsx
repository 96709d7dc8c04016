import type { ReactNode } from 'react'
import styles from './notice.module.css'

/** A message in place of a page's content: nothing here, gone, or not possible. */
export function Notice({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <section className={styles.notice}>
      <h1>{title}</h1>
      {children}
    </section>
  )
}
