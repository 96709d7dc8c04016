import { useState, type FormEvent } from 'react'
import { FieldError, Label, Text, TextArea, TextField } from 'react-aria-components'
import { maxBlockedWords } from '../../../contract/blocked-words.ts'
import { ambient } from '../ambient.ts'
import { toCodedError } from '../errors.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { linesOf, refusedLines, type RefusedLine } from './word-lines.ts'
import fieldStyles from '../ui/field.module.css'
import styles from './settings.module.css'

/** The state of what was sent: saved, or refused with the lines that are wrong or another reason. */
type Result = { readonly isSaved: true } | { readonly refused: readonly RefusedLine[]; readonly reason: string }

/** Edits the blocked words: one word per line. */
export function BlockedWordsForm({ words }: { words: readonly string[] }) {
  const [text, setText] = useState(words.join('\n'))
  const [result, setResult] = useState<Result | null>(null)
  const lines = linesOf(text)
  const tooMany = lines.length - maxBlockedWords
  const refused = result && 'refused' in result ? result : null

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (tooMany > 0) return
    try {
      const stored = await ambient.me.setBlockedWords(lines.map(({ word }) => word))
      // Words that were typed meanwhile stay.
      setText(current => (current === text ? stored.join('\n') : current))
      setResult({ isSaved: true })
    } catch (error) {
      const { message, issues = [] } = toCodedError(error)
      const refused = refusedLines(lines, issues)
      setResult({ refused, reason: refused.length > 0 ? '' : message })
    }
  }

  function change(changed: string) {
    setText(changed)
    setResult(null)
  }

  return (
    <form onSubmit={submit}>
      <TextField
        className={fieldStyles.field ?? ''}
        value={text}
        onChange={change}
        isInvalid={tooMany > 0 || (refused !== null && refused.refused.length > 0)}
        validationBehavior='aria'
      >
        <Label>Blocked words, one per line</Label>
        <TextArea className={fieldStyles.input ?? ''} rows={6} spellCheck='false' autoCapitalize='none' />
        <Text slot='description' className={fieldStyles.hint ?? ''}>
          Capitals, accents, and dots or spaces between letters make no difference. A * at the end of a word finds all
          words that begin so: spam* finds spammer.
        </Text>
        <FieldError className={`${fieldStyles.error} ${styles.lineErrors}`}>
          {tooMany > 0 && <span>{tooMany === 1 ? 'One word' : `${tooMany} words`} too many</span>}
          {refused?.refused.map(({ line, message }) => (
            <span key={line}>
              Line {line} {message}
            </span>
          ))}
        </FieldError>
      </TextField>
      <div className={styles.row}>
        <AsyncButton variant='primary' type='submit' isDisabled={tooMany > 0}>
          Save words
        </AsyncButton>
        <p role={refused ? 'alert' : 'status'} className={refused ? styles.error : styles.muted}>
          {refused ? refused.reason || 'Not saved: some lines are not words.' : result && 'Saved.'}
        </p>
      </div>
    </form>
  )
}
