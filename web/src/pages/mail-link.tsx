import { useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Notice } from '../ui/notice.tsx'

const purposes = {
  confirm: {
    title: 'Confirm your address',
    text: 'Ambient then sends mail to this address when shows start, if you turn it on in your settings.',
    button: 'Confirm this address',
    act: ambient.email.verify,
    done: 'Your address is confirmed'
  },
  unsubscribe: {
    title: 'Stop mail about shows',
    text: 'Ambient then sends no mail about shows to this address. You can turn it on again in your settings.',
    button: 'Stop the mail',
    act: ambient.email.unsubscribe,
    done: 'You get no more mail about shows'
  },
  block: {
    title: 'Stop all mail',
    text: 'Ambient then sends no mail to your mailbox any more, whoever enters your address.',
    button: 'Stop all mail',
    act: ambient.email.block,
    done: 'You get no more mail from here'
  }
}

/**
 * The page of the links in mails, without a sign-in. Opening it changes nothing, since scanners of mail open all links:
 * a person presses the button.
 */
export function MailLinkPage({ purpose }: { purpose: keyof typeof purposes }) {
  const token = useSearchParams()[0].get('token')
  const [isDone, setIsDone] = useState(false)
  const { title, text, button, act, done } = purposes[purpose]

  if (!token) {
    return (
      <Notice title='This link is not complete'>
        <p>Open the link in the mail again, or copy all of it.</p>
      </Notice>
    )
  }
  return (
    <Notice title={isDone ? done : title}>
      <title>{`${title} · Ambient`}</title>
      {isDone ? (
        <AfterMailLink purpose={purpose} token={token} />
      ) : (
        <>
          <p>{text}</p>
          <AsyncButton
            variant='primary'
            onPress={async () => {
              await act(token)
              setIsDone(true)
            }}
          >
            {button}
          </AsyncButton>
        </>
      )}
    </Notice>
  )
}

/** The next step: the settings; of a reader without an account, a way back. */
function AfterMailLink({ purpose, token }: { purpose: keyof typeof purposes; token: string }) {
  const [isAllowed, setIsAllowed] = useState(false)
  if (purpose !== 'block') return <Link href='/settings'>Open your settings</Link>
  if (isAllowed) return <p role='status'>Ambient may send mail to your mailbox again.</p>
  return (
    <AsyncButton
      onPress={async () => {
        await ambient.email.unblock(token)
        setIsAllowed(true)
      }}
    >
      Allow mail again
    </AsyncButton>
  )
}
