import styles from './key-numbers.module.css'

export interface KeyNumber {
  name: string
  value: string
  /** The meaning of the number, or a part of it. */
  note?: string | undefined
}

/** The main numbers, large, in full rows where there is room. */
export function KeyNumbers({ numbers }: { numbers: readonly KeyNumber[] }) {
  const columns = numbers.length % 4 === 2 && numbers.length > 4 ? 6 : 4
  return (
    <dl className={styles.numbers} style={{ '--columns': columns }}>
      {numbers.map(({ name, value, note }) => (
        <div key={name} className={styles.number}>
          <dt>{name}</dt>
          <dd>
            <span className={styles.value}>{value}</span>
            {note && <span className={styles.note}>{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
