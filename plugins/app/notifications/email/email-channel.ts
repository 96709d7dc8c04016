import { createHash } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import type { Channel, DeliveryResult, MessageContent } from '../channel.ts'
import type { ChannelHealth } from '../channel-health.ts'
import type { EmailAddresses } from './email-addresses.ts'
import type { BlockedMailboxes } from './blocked-mailboxes.ts'
import type { EmailTokens } from './email-tokens.ts'
import { showMail } from './mail-texts.ts'
import type { Mailer } from './mailer.ts'

export interface EmailChannelParts {
  addresses: Pick<EmailAddresses, 'findVerified' | 'findOfPerson' | 'markRefused'>
  tokens: Pick<EmailTokens, 'issue'>
  blocked: Pick<BlockedMailboxes, 'idOf'>
  mailer: Pick<Mailer, 'send'>
  publicUrl(): string
  health: ChannelHealth
  log: Pick<FastifyBaseLogger, 'warn'>
}

/** Not more than the connections of the mailer, so that no mail waits for one longer than its lease. */
const maxParallel = 4

/** Tells people by e-mail, with a link that ends the mails in one click: RFC 2369, RFC 8058. */
export function createEmailChannel(parts: EmailChannelParts): Channel {
  const { addresses, tokens, blocked, mailer, publicUrl, health, log } = parts

  /** Returns an id that is the same when the mail is repeated. */
  function messageIdOf({ showId, kind, at }: MessageContent, entryId: string): string {
    const hash = createHash('sha256').update(`${showId}:${kind}:${at.getTime()}:${entryId}`).digest('hex').slice(0, 32)
    return `<${hash}@${new URL(publicUrl()).hostname}>`
  }

  return {
    name: 'email',
    maxParallel,
    findReachable: addresses.findVerified,

    async deliver({ userId, content, onSent, signal }): Promise<DeliveryResult> {
      const found = await addresses.findOfPerson(userId)
      if (!found) return 'noAddress'
      const token = tokens.issue('unsubscribe', { userId, entryId: found.entryId })
      const blockToken = tokens.issue('block', { mailboxId: blocked.idOf(found.address) })
      const result = await mailer.send({
        to: found.address,
        ...showMail(content, {
          unsubscribeUrl: `${publicUrl()}/email/unsubscribe?token=${token}`,
          blockUrl: `${publicUrl()}/email/block?token=${blockToken}`
        }),
        messageId: messageIdOf(content, found.entryId),
        headers: {
          'List-Unsubscribe': `<${publicUrl()}/v1/email/unsubscribe?token=${token}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click'
        }
      })
      // A mail that was given up while the server shuts down goes back into the queue at once.
      if (result.state === 'again') signal.throwIfAborted()
      health.note(result.state !== 'again', userId)
      if (result.state === 'again') {
        log.warn({ reason: result.reason }, 'mail server did not take a message')
        return { again: true, waitMs: 0 }
      }
      if (result.state === 'refused') await addresses.markRefused(found)
      if (result.state !== 'sent') return 'failed'
      await onSent(found.entryId)
      return 'sent'
    }
  }
}
