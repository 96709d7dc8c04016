import { useState } from 'react'
import type { ReportDraft } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { textLength } from '../format/text-length.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { TextField } from '../ui/text-field.tsx'

const maxReasonLength = 1000
const subjects = { user: 'person', show: 'show', comment: 'comment' } as const

interface ReportDialogProps extends Pick<ReportDraft, 'kind' | 'subjectId'> {
  /** The name of the reported person; a show or a comment needs none. */
  name?: string
  isOpen: boolean
  onClose: () => void
}

/**
 * Reports a person, a show or a comment to the operators of this server. The reported person does not learn who
 * reported.
 */
export function ReportDialog({ kind, subjectId, name, isOpen, onClose }: ReportDialogProps) {
  const [reason, setReason] = useState('')
  const [isSent, setIsSent] = useState(false)
  const length = textLength(reason)

  function close() {
    setIsSent(false)
    setReason('')
    onClose()
  }

  async function send() {
    await ambient.reports.create({ kind, subjectId, reason })
    setIsSent(true)
  }

  return (
    <Dialog title={`Report ${name ?? `this ${subjects[kind]}`}`} isOpen={isOpen} onClose={close}>
      {isSent ? (
        <>
          <p role='status'>Thank you. The people who run this server will take a look.</p>
          <DialogButtons>
            <AsyncButton variant='primary' onPress={close}>
              Done
            </AsyncButton>
          </DialogButtons>
        </>
      ) : (
        <>
          <p>Your report goes to the people who run this server. No one else will know it was you.</p>
          <TextField
            label='What’s wrong?'
            value={reason}
            onChange={setReason}
            lines={4}
            limit={maxReasonLength}
            isRequired
            autoFocus
          />
          <DialogButtons>
            <AsyncButton onPress={close}>Cancel</AsyncButton>
            <AsyncButton variant='danger' isDisabled={length === 0 || length > maxReasonLength} onPress={send}>
              Send report
            </AsyncButton>
          </DialogButtons>
        </>
      )}
    </Dialog>
  )
}
