import { useState } from 'react'
import { countGraphemes, type ShowRoom } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
import { Field } from '../parts/field.tsx'
import { Section } from '../parts/section.tsx'
import styles from './announce.module.css'

const longest = 500

/** Says something in writing to everybody in the show. */
export function Announce({ room }: { room: ShowRoom }) {
  const [text, setText] = useState('')
  const [said, setSaid] = useState(false)
  const length = countGraphemes(text.trim())

  async function announce() {
    await room.announce(text)
    setText('')
    setSaid(true)
  }

  return (
    <Section title='Announce'>
      <div className={styles.announce}>
        <Field
          label='Everybody sees it at the top of the show'
          value={text}
          onChange={words => {
            setText(words)
            setSaid(false)
          }}
          lines={2}
          limit={longest}
        />
        <Action kind='main' isDisabled={length === 0 || length > longest} onPress={announce}>
          Announce
        </Action>
        {said && <p role='status'>Everybody has been told.</p>}
      </div>
    </Section>
  )
}
