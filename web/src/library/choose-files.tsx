import { FileTrigger } from 'react-aria-components'
import { Upload } from 'lucide-react'
import { Action } from '../parts/action.tsx'
import { acceptedKinds } from './upload-faults.ts'
import { uploads } from './uploads.ts'

/** Chooses songs to upload, several at once. */
export function ChooseFiles({ kind = 'plain' }: { kind?: 'main' | 'plain' }) {
  return (
    <FileTrigger allowsMultiple acceptedFileTypes={acceptedKinds} onSelect={files => uploads.add([...(files ?? [])])}>
      <Action kind={kind}>
        <Upload size={18} aria-hidden='true' />
        Upload songs
      </Action>
    </FileTrigger>
  )
}
