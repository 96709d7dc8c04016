import { useState } from 'react'
import type { ReportDraft } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from './action.tsx'
import { Dialog, DialogButtons } from './dialog.tsx'
import { Field } from './field.tsx'
import { countGraphemes } from './graphemes.ts'

const longestReason = 1000
const kinds = { user: 'person', show: 'show', comment: 'comment' } as const

interface ReportDialogProps extends Pick<ReportDraft, 'kind' | 'subjectId'> {
  /** What is reported, as people call it; a comment needs no name. */
  name?: string
  isOpen: boolean
  onClose: () => void
}

/** Tells the operators of this server about a person, a show or a comment. Who is reported is not told by whom. */
export function ReportDialog({ kind, subjectId, name, isOpen, onClose }: ReportDialogProps) {
  const [reason, setReason] = useState('')
  const [sent, setSent] = useState(false)
  const length = countGraphemes(reason)

  function close() {
    setSent(false)
    setReason('')
    onClose()
  }

  async function send() {
    await ambient.reports.create({ kind, subjectId, reason })
    setSent(true)
  }

  return (
    <Dialog title={`Report ${name ?? `this ${kinds[kind]}`}`} isOpen={isOpen} onClose={close}>
      {sent ? (
        <>
          <p role='status'>Thank you. The people who run this server will look at it.</p>
          <DialogButtons>
            <Action kind='main' onPress={close}>
              Done
            </Action>
          </DialogButtons>
        </>
      ) : (
        <>
          <p>It goes to the people who run this server. Nobody else is told that it was you.</p>
          <Field
            label='What is wrong?'
            value={reason}
            onChange={setReason}
            lines={4}
            limit={longestReason}
            isRequired
            autoFocus
          />
          <DialogButtons>
            <Action onPress={close}>Cancel</Action>
            <Action kind='danger' isDisabled={length === 0 || length > longestReason} onPress={send}>
              Send report
            </Action>
          </DialogButtons>
        </>
      )}
    </Dialog>
  )
}
