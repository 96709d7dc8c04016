import type { MetadataSource, SongMetadata } from '../../../../client/index.ts'
import { sourceNames } from '../../metadata/sources.ts'
import styles from './details.module.css'

/** Says which repositories have not answered yet, and that there are no proposals when all have. */
export function RepositoryStates({ metadata: { proposals, repositories } }: { metadata: SongMetadata }) {
  const inState = (state: string) => repositories.filter(repository => repository.state === state)
  const waiting = inState('waiting')
  const unavailable = inState('unavailable')
  return (
    <>
      {proposals.length === 0 && waiting.length === 0 && unavailable.length === 0 && (
        <p className={styles.quiet}>Nothing was found for this song. You can type its details yourself.</p>
      )}
      {waiting.length > 0 && <p className={styles.quiet}>Still to ask: {listNames(waiting)}.</p>}
      {unavailable.length > 0 && (
        <p className={styles.quiet}>Can’t be reached now, and will be asked again: {listNames(unavailable)}.</p>
      )}
    </>
  )
}

function listNames(repositories: readonly { name: MetadataSource }[]): string {
  return repositories.map(({ name }) => sourceNames[name]).join(', ')
}
