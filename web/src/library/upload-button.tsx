import { useRef } from 'react'
import { Upload } from 'lucide-react'
import { songFileTypes } from '../../../contract/song-files.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { uploads } from './uploads.ts'

/** Opens the file picker and uploads the chosen songs. */
export function UploadButton({ variant = 'secondary' }: { variant?: 'primary' | 'secondary' }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type='file'
        accept={songFileTypes.join(',')}
        multiple
        hidden
        onChange={({ target }) => {
          uploads.add([...(target.files ?? [])])
          // Allows choosing the same files again after a failure.
          target.value = ''
        }}
      />
      <AsyncButton variant={variant} onPress={() => input.current?.click()}>
        <Upload size={18} aria-hidden='true' />
        Upload songs
      </AsyncButton>
    </>
  )
}
