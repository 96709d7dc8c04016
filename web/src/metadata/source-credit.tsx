import type { MetadataSource } from '../../../client/index.ts'
import { formatDateTime } from '../format/date-time.ts'
import { OutsideLink } from './outside-link.tsx'
import { creditTexts } from './sources.ts'
import styles from './source-credit.module.css'

/** The source of some content, as it is on the wire. */
export interface Sourced {
  source: MetadataSource
  url: string | null
  fetchedAt: string
}

/** Names the source of the content beside it, with the link that its terms want. */
export function SourceLink({ of: { source, url } }: { of: Pick<Sourced, 'source' | 'url'> }) {
  return url ? (
    <OutsideLink address={url} isCredit>
      {creditTexts[source]}
    </OutsideLink>
  ) : (
    <span>{creditTexts[source]}</span>
  )
}

/** Names the source of the content beside it, and the time it was asked. */
export function SourceCredit({ of }: { of: Sourced }) {
  const { fetchedAt } = of
  return (
    <span className={styles.credit}>
      <SourceLink of={of} />
      <time dateTime={fetchedAt}>{formatDateTime(fetchedAt)}</time>
    </span>
  )
}

/** The sources of several values, each page once. */
export function SourceCredits({ of: parts }: { of: readonly Sourced[] }) {
  const unique = new Map(parts.map(part => [`${part.source} ${part.url}`, part]))
  return [...unique].map(([key, part]) => <SourceCredit key={key} of={part} />)
}
