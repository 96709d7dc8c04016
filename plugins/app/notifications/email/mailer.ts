import { readFileSync } from 'node:fs'
import { createTransport } from 'nodemailer'
import pTimeout from 'p-timeout'
import { isPrivateHost } from '../../http/private-hosts.ts'
import { parseSmtpUrl, type SmtpServer } from '../../../../config/smtp-url.ts'
import type { Config } from '../../../../config/config.ts'

/** A mail to one address. */
export interface Mail {
  to: string
  subject: string
  text: string
  html: string
  /** The same for a repeated mail, so that mailboxes can tell. */
  messageId?: string
  headers?: Readonly<Record<string, string>>
}

/**
 * Result of an attempt. `refused`: the server says for good that there is no such mailbox. `rejected`: it does not take
 * this mail. `again`: it may take it later.
 */
export type MailResult = { state: 'sent' | 'refused' | 'rejected' } | { state: 'again'; reason: string }

export interface MailerParts {
  server: SmtpServer
  /** File with the certificates that sign that of the server. */
  caFile?: string | undefined
  from: string
  /** Aborts when the server shuts down. */
  signal?: AbortSignal
  timeoutMs?: number
  closingMs?: number
}

/** Mails that a node sends at the same time, each on its own connection. */
const maxConnections = 8
const defaultTimeoutMs = 15_000
/** Mails in progress have this time when the server shuts down, so that few are sent twice. */
const defaultClosingMs = 3_000
/** Subjects are cut: some servers refuse long lines. */
const maxSubjectLength = 150

export interface Mailer {
  send(mail: Mail): Promise<MailResult>
  close(): void
}

/** Creates the mailer of the settings; undefined without them. */
export function openMailer(
  { SMTP_URL, SMTP_TLS_CA, MAIL_FROM }: Pick<Config, 'SMTP_URL' | 'SMTP_TLS_CA' | 'MAIL_FROM'>,
  signal: AbortSignal
): Mailer | undefined {
  const server = SMTP_URL === undefined ? null : parseSmtpUrl(SMTP_URL)
  if (!server || MAIL_FROM === undefined) return undefined
  return createMailer({ server, caFile: SMTP_TLS_CA, from: MAIL_FROM, signal })
}

/** Sends e-mail through an SMTP server. Credentials and mails never leave over a connection without TLS. */
export function createMailer(parts: MailerParts): Mailer {
  const { server, caFile, from, signal, timeoutMs = defaultTimeoutMs, closingMs = defaultClosingMs } = parts
  const { host, port, isSecure, credentials } = server
  const ended = new AbortController()
  signal?.addEventListener('abort', () => setTimeout(() => ended.abort(), closingMs).unref(), { once: true })
  const transport = createTransport({
    pool: true,
    maxConnections,
    ...{ host, port, secure: isSecure },
    // A server beside this one, without credentials, may have no TLS.
    requireTLS: !isSecure && !(isPrivateHost(host) && credentials === undefined),
    ...(credentials && { auth: credentials }),
    ...(caFile !== undefined && { tls: { ca: readFileSync(caFile, 'utf8') } }),
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs, dnsTimeout: timeoutMs },
    ...{ disableFileAccess: true, disableUrlAccess: true, logger: false }
  })

  return {
    /** Ends soon after the signal of the server has aborted, with `again`. */
    async send({ to, subject, text, html, messageId, headers }: Mail): Promise<MailResult> {
      try {
        await pTimeout(
          transport.sendMail({
            from,
            // Not parsed: it is one address, whatever it holds.
            to: { name: '', address: to },
            subject: oneLine(subject),
            ...{ text, html },
            ...(messageId !== undefined && { messageId }),
            headers: { 'Auto-Submitted': 'auto-generated', ...headers }
          }),
          { milliseconds: 3 * timeoutMs, signal: ended.signal }
        )
        return { state: 'sent' }
      } catch (error) {
        return resultOf(error)
      }
    },

    close: (): void => transport.close()
  }
}

/** Returns a text without line breaks and control characters, which could end a header. */
function oneLine(text: string): string {
  return [...text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')].slice(0, maxSubjectLength).join('').trim()
}

interface SmtpFailure {
  code?: unknown
  command?: unknown
  response?: unknown
  responseCode?: unknown
}

/** Returns what an error of the transport means. Its message is left out: it holds the address. */
function resultOf(error: unknown): MailResult {
  const { code, command, response, responseCode }: SmtpFailure = Object(error)
  const status = typeof responseCode === 'number' ? responseCode : 0
  const isRefused = status >= 500 && command === 'RCPT TO'
  if (isRefused) return { state: isAboutMailbox(status, response) ? 'refused' : 'rejected' }
  if (status >= 500 && (command === 'DATA' || code === 'EMESSAGE')) return { state: 'rejected' }
  return { state: 'again', reason: [code, status || undefined].filter(Boolean).join(' ') || 'timeout' }
}

/**
 * Whether a refused recipient is unknown, instead of a policy or a full mailbox:
 * https://www.iana.org/assignments/smtp-enhanced-status-codes
 */
function isAboutMailbox(status: number, response: unknown): boolean {
  const [, enhanced] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(String(response)) ?? []
  if (enhanced !== undefined) return /^5\.(1\.\d+|2\.1)$/.test(enhanced)
  return status === 550 || status === 551 || status === 553
}
