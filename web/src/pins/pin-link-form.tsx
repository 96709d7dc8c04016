import { useState } from 'react'
import { audienceOf, type ShowRoom } from '../../../client/index.ts'
import { textLength } from '../format/text-length.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Section } from '../ui/section.tsx'
import { TextField } from '../ui/text-field.tsx'
import styles from '../host/audience-tools.module.css'

const maxTextLength = 50

/** Pins a link with a short text above the comments of everyone in the show. */
export function PinLinkForm({ room }: { room: ShowRoom }) {
  const [url, setUrl] = useState('')
  const [text, setText] = useState('')
  const [isPinned, setIsPinned] = useState(false)
  const length = textLength(text)
  const isComplete = /^https?:\/\/\S+$/.test(url.trim()) && length > 0 && length <= maxTextLength

  async function pin() {
    await audienceOf(room).pinLink(url.trim(), text)
    setUrl('')
    setText('')
    setIsPinned(true)
  }

  return (
    <Section title='Pin a link'>
      <div className={styles.form}>
        <TextField
          label='Address'
          type='url'
          value={url}
          placeholder='https://'
          onChange={changed => {
            setUrl(changed)
            setIsPinned(false)
          }}
        />
        <TextField
          label='Text of the link'
          hint='Everyone sees it above the comments, until you unpin it. A comment can be pinned from its menu.'
          value={text}
          onChange={setText}
          limit={maxTextLength}
        />
        <AsyncButton variant='primary' isDisabled={!isComplete} onPress={pin}>
          Pin link
        </AsyncButton>
        {isPinned && <p role='status'>Link pinned.</p>}
      </div>
    </Section>
  )
}
