import { ImagePlus } from 'lucide-react'
import type { Show } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { PictureEditor } from '../ui/picture-editor.tsx'
import { Cover } from '../ui/show-picture.tsx'
import styles from './cover-editor.module.css'

interface CoverEditorProps {
  show: { readonly id: string; readonly coverUrl?: string | undefined; readonly series?: unknown }
  /** Called with the changed show. */
  onChange: (show: Show) => void
}

/** Chooses, uploads and removes the cover of a show. A change is stored at once. */
export function CoverEditor({ show: { id, coverUrl, series }, onChange }: CoverEditorProps) {
  return (
    <PictureEditor
      noun='cover'
      url={coverUrl ?? null}
      {...(series !== undefined && { hint: 'Later dates get it, too.' })}
      upload={async (file, options) => onChange(await ambient.shows.setCover(id, file, options))}
      remove={async () => onChange(await ambient.shows.removeCover(id))}
    >
      {url => <CoverPlace url={url} />}
    </PictureEditor>
  )
}

/** The cover in a form, or the place for one. */
export function CoverPlace({ url }: { url: string | null }) {
  if (url) return <Cover url={url} size='fill' />
  return (
    <span className={styles.empty}>
      <ImagePlus size={32} aria-hidden='true' />
    </span>
  )
}
