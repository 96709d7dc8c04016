import styles from './bar-table.module.css'

interface BarTableProps {
  /** The headings of the name and of the value. */
  columns: readonly [string, string]
  rows: readonly { key: string | number; name: string; value: number; text: string }[]
}

/** Values with their names and a bar each: a plot that is a table, also for screen readers. */
export function BarTable({ columns: [name, value], rows }: BarTableProps) {
  const max = Math.max(1, ...rows.map(row => row.value))
  return (
    <table className={styles.table}>
      <thead className='visually-hidden'>
        <tr>
          <th scope='col'>{name}</th>
          <th scope='col'>{value}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={row.key} className={styles.row}>
            <th scope='row' className={styles.name}>
              {row.name}
            </th>
            <td className={styles.value}>
              <span className={styles.text}>{row.text}</span>
              <span className={styles.track}>
                <span className={styles.bar} style={{ width: `${(row.value / max) * 100}%` }} />
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
