import type { FastifyBaseLogger } from 'fastify'
import type { ChannelHealth } from '../channel-health.ts'
import { createSlots } from '../slots.ts'
import type { EmailAddressDocument, EmailAddresses } from './email-addresses.ts'
import type { BlockedMailboxes } from './blocked-mailboxes.ts'
import type { EmailTokens } from './email-tokens.ts'
import { verificationMail } from './mail-texts.ts'
import type { Mailer } from './mailer.ts'

export interface CheckWorkerParts {
  addresses: Pick<EmailAddresses, 'claimCheck' | 'finishCheck' | 'markRefused'>
  tokens: Pick<EmailTokens, 'issue'>
  blocked: Pick<BlockedMailboxes, 'idOf' | 'has'>
  mailer: Pick<Mailer, 'send'>
  publicUrl(): string
  health: ChannelHealth
  log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  signal: AbortSignal
  nowMs(): number
}

/** Another node takes a mail over after this time. */
const leaseMs = 60_000
const maxParallel = 4
const maxAttempts = 8
const minRetryMs = 10_000

/** Sends the mails that ask to verify an address. */
export function createCheckWorker(parts: CheckWorkerParts) {
  const { addresses, tokens, blocked, mailer, publicUrl, health, log, signal, nowMs } = parts

  async function work(entry: EmailAddressDocument): Promise<void> {
    const { _id: userId, entryId, address, check } = entry
    if (!check) return
    if (check.expiresAt.getTime() <= nowMs() || (await blocked.has(address))) return await addresses.finishCheck(entry)
    const { host } = new URL(publicUrl())
    const url = `${publicUrl()}/email/confirm?token=${tokens.issue('verify', { userId, entryId })}`
    const blockUrl = `${publicUrl()}/email/block?token=${tokens.issue('block', { mailboxId: blocked.idOf(address) })}`
    const result = await mailer.send({ to: address, ...verificationMail({ host, url, blockUrl }) })
    // Given up while the server shuts down: another node sends it.
    if (result.state === 'again' && signal.aborted) return await addresses.finishCheck(entry, new Date(nowMs()))
    health.note(result.state !== 'again', userId)
    if (result.state === 'refused') return await addresses.markRefused(entry)
    if (result.state !== 'again') return await addresses.finishCheck(entry)
    log.warn({ reason: result.reason }, 'mail server did not take a message')
    const waitMs = minRetryMs * 2 ** check.attempts
    await addresses.finishCheck(entry, check.attempts < maxAttempts ? new Date(nowMs() + waitMs) : undefined)
  }

  return createSlots({
    claim: async () => await addresses.claimCheck(leaseMs),
    ...{ work, maxParallel, log, signal }
  })
}
