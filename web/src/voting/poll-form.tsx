import { useState } from 'react'
import { Plus, X } from 'lucide-react'
import { audienceOf, type PollDraft } from '../../../client/index.ts'
import { textLength } from '../format/text-length.ts'
import styles from '../host/audience-tools.module.css'
import { AsyncButton } from '../ui/async-button.tsx'
import { Section } from '../ui/section.tsx'
import { SelectField } from '../ui/select-field.tsx'
import { TextField } from '../ui/text-field.tsx'
import type { VotingProps } from './voting-props.ts'

const maxQuestionLength = 140
const maxOptionLength = 60
const minOptions = 2
const maxOptions = 6
const durations = {
  0: 'Until you close it',
  30_000: 'After 30 seconds',
  60_000: 'After 1 minute',
  300_000: 'After 5 minutes',
  900_000: 'After 15 minutes'
}

/** Opens a poll for everyone in the show. */
export function PollForm({ view, room }: VotingProps) {
  const [question, setQuestion] = useState('')
  const [options, setOptions] = useState(['', ''])
  const [duration, setDuration] = useState('0')
  const draft = draftOf(question, options, Number(duration))

  if (view.room?.poll?.isOpen) {
    return (
      <Section title='Poll'>
        <p>A poll is open. Close it in the show before you open another one.</p>
      </Section>
    )
  }

  async function open() {
    if (!draft) return
    await audienceOf(room).openPoll(draft)
    setQuestion('')
    setOptions(['', ''])
  }

  return (
    <Section title='Poll'>
      <div className={styles.form}>
        <TextField label='Question' value={question} onChange={setQuestion} limit={maxQuestionLength} />
        {options.map((option, index) => (
          // Options have no other identity than their place.
          <div key={index} className={styles.row}>
            <TextField
              label={`Option ${index + 1}`}
              value={option}
              onChange={text => setOptions(options.with(index, text))}
              limit={maxOptionLength}
            />
            {options.length > minOptions && (
              <AsyncButton
                variant='quiet'
                label={`Remove option ${index + 1}`}
                onPress={() => setOptions(options.toSpliced(index, 1))}
              >
                <X size={18} aria-hidden='true' />
              </AsyncButton>
            )}
          </div>
        ))}
        {options.length < maxOptions && (
          <AsyncButton variant='quiet' onPress={() => setOptions([...options, ''])}>
            <Plus size={18} aria-hidden='true' />
            Add option
          </AsyncButton>
        )}
        <SelectField label='Closes' options={durations} value={duration} onChange={setDuration} />
        <AsyncButton variant='primary' isDisabled={!draft} onPress={open}>
          Open poll
        </AsyncButton>
      </div>
    </Section>
  )
}

/** Returns the poll to open; undefined while something is missing, too long or twice. */
function draftOf(question: string, options: readonly string[], durationMs: number): PollDraft | undefined {
  const texts = options.map(option => option.trim())
  const fits = (text: string, limit: number) => textLength(text) > 0 && textLength(text) <= limit
  const isComplete =
    fits(question, maxQuestionLength) &&
    texts.every(text => fits(text, maxOptionLength)) &&
    new Set(texts).size === texts.length
  return isComplete ? { question, options: texts, ...(durationMs > 0 && { durationMs }) } : undefined
}
