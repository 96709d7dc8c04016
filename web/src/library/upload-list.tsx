import { RotateCcw, X } from 'lucide-react'
import { formatBytes } from '../format/bytes.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import type { Upload } from './upload.ts'
import { uploads, useUploads } from './uploads.ts'
import styles from './upload-list.module.css'

/**
 * The files that are uploading or processing, and those that failed.
 * @param onDismissed called when one is removed from the list, and the focus with it
 */
export function UploadList({ onDismissed }: { onDismissed: () => void }) {
  const { uploads: items, announcement } = useUploads()
  const retryable = items.filter(({ state, error }) => state === 'failed' && error?.isRetryable)
  return (
    <>
      <p role='status' className='visually-hidden'>
        {announcement}
      </p>
      {items.length > 0 && (
        <section className={styles.uploads} aria-label='Uploads'>
          <div className={styles.header}>
            <h2>{summarize(items)}</h2>
            {retryable.length > 1 && (
              <AsyncButton
                variant='quiet'
                onPress={() => {
                  for (const { id } of retryable) uploads.retry(id)
                }}
              >
                <RotateCcw size={18} aria-hidden='true' />
                Try all again
              </AsyncButton>
            )}
          </div>
          <ul className={styles.list}>
            {items.map(upload => (
              <UploadRow key={upload.id} upload={upload} onDismissed={onDismissed} />
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function UploadRow({
  upload: { id, name, sizeBytes, state, progress, error },
  onDismissed
}: {
  upload: Upload
  onDismissed: () => void
}) {
  const status = statusText(state, progress)
  const isFailed = state === 'failed'
  const dismiss = () => {
    uploads.dismiss(id)
    onDismissed()
  }
  return (
    <li className={styles.row}>
      <span className={styles.text}>
        <span className={styles.name}>{name}</span>
        {isFailed ? (
          <span className={styles.error}>{error?.message}</span>
        ) : (
          <span className={styles.details}>
            {status} · {formatBytes(sizeBytes)}
          </span>
        )}
      </span>
      {!isFailed && (
        <progress className={styles.progress} aria-label={`${name}: ${status}`} max={1} value={progress ?? 0} />
      )}
      {isFailed && error?.isRetryable && (
        <span className={styles.retry}>
          <AsyncButton variant='quiet' label={`Try again: ${name}`} onPress={() => uploads.retry(id)}>
            <RotateCcw size={18} aria-hidden='true' />
            Try again
          </AsyncButton>
        </span>
      )}
      <span className={styles.remove}>
        <AsyncButton variant='quiet' label={`${isFailed ? 'Dismiss' : 'Cancel'} ${name}`} onPress={dismiss}>
          <X size={18} aria-hidden='true' />
        </AsyncButton>
      </span>
    </li>
  )
}

function statusText(state: Upload['state'], progress: number | null): string {
  const percent = progress === null ? '' : ` ${Math.round(progress * 100)}%`
  switch (state) {
    case 'waiting':
      return 'Waiting'
    case 'sending':
      return `Uploading${percent}`
    case 'processing':
      return progress === null ? 'Waiting to be processed' : `Processing${percent}`
    case 'failed':
      return 'Failed'
  }
}

function summarize(items: readonly Upload[]): string {
  const activeCount = items.filter(({ state }) => state !== 'failed').length
  if (activeCount > 0) return activeCount === 1 ? 'Adding 1 song' : `Adding ${activeCount} songs`
  return items.length === 1 ? '1 file wasn’t uploaded' : `${items.length} files weren’t uploaded`
}
