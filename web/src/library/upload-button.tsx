import { FileTrigger } from 'react-aria-components'
import { Upload } from 'lucide-react'
import { AsyncButton } from '../ui/async-button.tsx'
import { songFileTypes } from '../../../contract/song-files.ts'
import { uploads } from './uploads.ts'

/** Opens the file picker and uploads the chosen songs. */
export function UploadButton({ variant = 'secondary' }: { variant?: 'primary' | 'secondary' }) {
  return (
    <FileTrigger allowsMultiple acceptedFileTypes={songFileTypes} onSelect={files => uploads.add([...(files ?? [])])}>
      <AsyncButton variant={variant}>
        <Upload size={18} aria-hidden='true' />
        Upload songs
      </AsyncButton>
    </FileTrigger>
  )
}
