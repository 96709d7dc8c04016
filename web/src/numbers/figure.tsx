import { useId, useState, type ReactNode } from 'react'
import styles from './figure.module.css'

interface FigureProps {
  title: string
  /** A sentence that sums up the plot. */
  summary: string
  children: ReactNode
  /** The same values as rows, for screen readers and for exact numbers. */
  table?: NumbersTable
}

/** Values in rows. The first column names the row. */
export interface NumbersTable {
  columns: readonly string[]
  rows: readonly { key: string | number; cells: readonly string[] }[]
}

/** A part of the page of numbers: heading, one sentence, plot, and the values as a table on demand. */
export function Figure({ title, summary, children, table }: FigureProps) {
  const id = useId()
  return (
    <section className={styles.figure} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p className={styles.summary}>{summary}</p>
      {children}
      {table && <TableDisclosure title={title} table={table} />}
    </section>
  )
}

/** Renders the rows only while they are shown: a long show has hundreds. */
function TableDisclosure({ title, table }: { title: string; table: NumbersTable }) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details className={styles.details} onToggle={event => setIsOpen(event.currentTarget.open)}>
      <summary className={styles.toggle}>
        Show as table<span className='visually-hidden'>: {title}</span>
      </summary>
      {isOpen && <Rows title={title} table={table} />}
    </details>
  )
}

function Rows({ title, table: { columns, rows } }: { title: string; table: NumbersTable }) {
  return (
    // A long table scrolls, so the keyboard has to reach it.
    <div className={styles.scroll} tabIndex={0} role='region' aria-label={`${title}, table`}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map(column => (
              <th key={column} scope='col'>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [name, ...values] }) => (
            <tr key={key}>
              <th scope='row'>{name}</th>
              {values.map((value, index) => (
                <td key={columns[index + 1]}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
