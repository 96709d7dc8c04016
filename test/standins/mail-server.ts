import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import type { Authority } from './nginx/authority.ts'

/** A mail as the server of the mailbox has it. */
export interface ReceivedMail {
  from: string
  /** Recipients of the envelope. */
  to: string[]
  isEncrypted: boolean
  user: string | undefined
  raw: string
  parsed: ParsedMail
}

/** An answer that refuses a command. */
export interface Refusal {
  code: number
  text: string
}

export interface MailServerOptions {
  /** Offers STARTTLS with a certificate of this authority. */
  authority?: Authority
  /** Demands this user and password. */
  credentials?: { user: string; pass: string }
}

export interface MailServerStandIn {
  readonly port: number
  readonly url: string
  readonly mails: ReceivedMail[]
  /** Answers to the next mails to an address, as it is named or when its content has come. */
  refuse(at: 'recipient' | 'content', address: string, ...refusals: Refusal[]): void
  /** Answers the next mail to an address only when the promise settles. */
  delay(address: string, until: Promise<void>): void
  mailsTo(address: string): ReceivedMail[]
  close(): Promise<void>
}

/** Starts an SMTP server, as far as senders see it. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServerStandIn> {
  const { authority, credentials } = options
  const mails: ReceivedMail[] = []
  const refusals = new Map<string, Refusal[]>()
  const delays = new Map<string, Promise<void>>()
  const tls = authority && {
    key: await readFile(authority.certificateKey),
    cert: await readFile(authority.certificate)
  }

  function refusalOf(at: string, address: string): Error | undefined {
    const refusal = refusals.get(`${at} ${address}`)?.shift()
    return refusal && Object.assign(new Error(refusal.text), { responseCode: refusal.code })
  }

  const server = new SMTPServer({
    ...(tls ?? { disabledCommands: ['STARTTLS', ...(credentials ? [] : ['AUTH'])] }),
    authOptional: credentials === undefined,
    ...{ disableReverseLookup: true, closeTimeout: 100, logger: false },
    onAuth({ username, password }, _session, done) {
      if (username === credentials?.user && password === credentials?.pass) done(null, { user: username })
      else done(Object.assign(new Error('wrong password'), { responseCode: 535 }))
    },
    onRcptTo({ address }, _session, done) {
      done(refusalOf('recipient', address))
    },
    onData(stream, session, done) {
      const to = session.envelope.rcptTo.map(({ address }) => address)
      const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : ''
      const receive = async (): Promise<Error | undefined> => {
        const raw = await buffer(stream)
        const [first = ''] = to
        await delays.get(first)
        delays.delete(first)
        const refusal = refusalOf('content', first)
        if (refusal) return refusal
        const parsed = await simpleParser(raw)
        mails.push({ from, to, isEncrypted: session.secure, user: session.user, raw: raw.toString(), parsed })
        return undefined
      }
      receive().then(refusal => done(refusal), done)
    }
  })
  // A client that ends its connection in the middle is no fault of the server.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo

  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refuse(at, address, ...added) {
      refusals.set(`${at} ${address}`, added)
    },
    delay(address, until) {
      delays.set(address, until)
    },
    mailsTo: address => mails.filter(({ to }) => to.includes(address)),
    async close() {
      await new Promise<void>(resolve => server.close(resolve))
    }
  }
}
