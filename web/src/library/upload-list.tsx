import { RotateCcw, X } from 'lucide-react'
import { Action } from '../parts/action.tsx'
import { bytesText } from './bytes-text.ts'
import type { Upload } from './upload-queue.ts'
import { uploads, useUploads } from './uploads.ts'
import styles from './upload-list.module.css'

/** What is on its way, and what failed on it. `onGone`: one was let go, and the focus with it. */
export function UploadList({ onGone }: { onGone: () => void }) {
  const { uploads: items, said } = useUploads()
  const failed = items.filter(({ state, fault }) => state === 'failed' && fault?.isWorthRetrying)
  return (
    <>
      <p role='status' className='visually-hidden'>
        {said}
      </p>
      {items.length > 0 && (
        <section className={styles.uploads} aria-label='Uploads'>
          <div className={styles.top}>
            <h2>{onTheirWay(items)}</h2>
            {failed.length > 1 && (
              <Action
                kind='quiet'
                onPress={() => {
                  for (const { id } of failed) uploads.retry(id)
                }}
              >
                <RotateCcw size={18} aria-hidden='true' />
                Try all again
              </Action>
            )}
          </div>
          <ul className={styles.list}>
            {items.map(upload => (
              <Row key={upload.id} upload={upload} onGone={onGone} />
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function Row({
  upload: { id, name, sizeBytes, state, progress, fault },
  onGone
}: {
  upload: Upload
  onGone: () => void
}) {
  const words = stateWords(state, progress)
  const isFailed = state === 'failed'
  const letGo = () => {
    uploads.dismiss(id)
    onGone()
  }
  return (
    <li className={styles.row}>
      <span className={styles.text}>
        <span className={styles.name}>{name}</span>
        {isFailed ? (
          <span className={styles.fault}>{fault?.words}</span>
        ) : (
          <span className={styles.about}>
            {words} · {bytesText(sizeBytes)}
          </span>
        )}
      </span>
      {!isFailed && <progress className={styles.bar} aria-label={`${name}: ${words}`} max={1} value={progress ?? 0} />}
      {isFailed && fault?.isWorthRetrying && (
        <span className={styles.again}>
          <Action kind='quiet' label={`Try again: ${name}`} onPress={() => uploads.retry(id)}>
            <RotateCcw size={18} aria-hidden='true' />
            Try again
          </Action>
        </span>
      )}
      <span className={styles.letGo}>
        <Action kind='quiet' label={`${isFailed ? 'Dismiss' : 'Cancel'} ${name}`} onPress={letGo}>
          <X size={18} aria-hidden='true' />
        </Action>
      </span>
    </li>
  )
}

function stateWords(state: Upload['state'], progress: number | null): string {
  const percent = progress === null ? '' : ` ${Math.round(progress * 100)} %`
  switch (state) {
    case 'waiting':
      return 'Waits its turn'
    case 'sending':
      return `Uploading${percent}`
    case 'processing':
      return progress === null ? 'Waits to be made ready' : `Getting it ready${percent}`
    case 'failed':
      return 'Failed'
  }
}

function onTheirWay(items: readonly Upload[]): string {
  const count = items.filter(({ state }) => state !== 'failed').length
  if (count === 0) return items.length === 1 ? 'One file was not uploaded' : `${items.length} files were not uploaded`
  return count === 1 ? 'One song is on its way' : `${count} songs are on their way`
}
