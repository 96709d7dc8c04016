import { useEffect, useState } from 'react'
import { PictureEditor } from '../ui/picture-editor.tsx'
import { CoverPlace } from './cover-editor.tsx'

/** The cover of a show that is not stored yet: a chosen file, that of an earlier show, or none. */
export type NewCover = File | { showId: string; url: string } | null

interface NewCoverFieldProps {
  cover: NewCover
  onChange: (cover: NewCover) => void
}

/** Chooses the cover of a new show. It is uploaded when the show is stored. */
export function NewCoverField({ cover, onChange }: NewCoverFieldProps) {
  const [fileUrl, setFileUrl] = useState<string | null>(null)
  useEffect(() => {
    if (!(cover instanceof File)) return setFileUrl(null)
    const url = URL.createObjectURL(cover)
    setFileUrl(url)
    return () => URL.revokeObjectURL(url)
  }, [cover])
  const url = cover instanceof File ? fileUrl : (cover?.url ?? null)
  return (
    <PictureEditor noun='cover' url={url} upload={async file => onChange(file)} remove={async () => onChange(null)}>
      {preview => <CoverPlace url={preview} />}
    </PictureEditor>
  )
}
