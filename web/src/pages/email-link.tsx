import { useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Notice } from '../ui/notice.tsx'

const texts = {
  confirm: {
    title: 'Confirm your e-mail address',
    question: 'Ambient then tells you by e-mail when somebody you follow goes live.',
    button: 'Confirm the address',
    doneTitle: 'Your address is confirmed',
    done: 'You can close this page.'
  },
  unsubscribe: {
    title: 'Stop e-mail from Ambient',
    question: 'You’ll get no more e-mail about shows. You can turn it on again in your settings.',
    button: 'Stop e-mail',
    doneTitle: 'You get no more e-mail',
    done: 'You can turn it on again in your settings.'
  }
} as const

/**
 * The page that a link in a mail opens, without a sign-in. It acts when the person presses the button: programs that
 * check mails for bad links open them too.
 */
export function EmailLinkPage({ purpose }: { purpose: keyof typeof texts }) {
  const [search] = useSearchParams()
  const [isDone, setIsDone] = useState(false)
  const token = search.get('token') ?? ''
  const { title, question, button, doneTitle, done } = texts[purpose]

  async function act() {
    await (purpose === 'confirm' ? ambient.email.verify(token) : ambient.email.unsubscribe(token))
    setIsDone(true)
  }

  return (
    <>
      <title>{`${title} · Ambient`}</title>
      {isDone ? (
        <Notice title={doneTitle}>
          <p role='status'>{done}</p>
          <Link href='/settings'>Open your settings</Link>
        </Notice>
      ) : (
        <Notice title={title}>
          <p>{question}</p>
          <AsyncButton variant='primary' isDisabled={token === ''} onPress={act}>
            {button}
          </AsyncButton>
        </Notice>
      )}
    </>
  )
}
