import type { SongMetadata } from '../../../../client/index.ts'
import { OutsideLink } from '../../metadata/outside-link.tsx'
import { SourceLink } from '../../metadata/source-credit.tsx'
import { fieldNames, fields, valueOf } from '../proposed-fields.ts'
import styles from './details.module.css'

/** The details that a song has, each with its source. */
export function PresentDetails({ metadata: { song, sources } }: { metadata: SongMetadata }) {
  return (
    <dl className={styles.present}>
      {fields.map(field => {
        const value = valueOf(song, field)
        const source = sources[field]
        return (
          <div key={field} className={styles.field}>
            <dt>{fieldNames[field]}</dt>
            <dd>
              {value === null ? (
                <span className={styles.missing}>Not known</span>
              ) : field === 'link' ? (
                <OutsideLink address={value}>{value}</OutsideLink>
              ) : (
                value
              )}
              {source && value !== null && (
                <span className={styles.source}>
                  {source.source === 'owner' ? (
                    <span className={styles.typed}>Typed by you</span>
                  ) : (
                    <SourceLink of={{ source: source.source, url: source.url }} />
                  )}
                </span>
              )}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
