import { Type } from 'typebox'
import { Count, Formatted, Secret, Text } from './setting-types.ts'

/** Settings of notifications: push messages, e-mail, and addresses to which messages may go. */
export const notificationSettings = {
  PUSH_VAPID_KEY: Type.Optional(
    Secret(
      'private key that signs push messages, 32 bytes as base64url; unset: made in DATA_DIR in development, and push is ' +
        'off in production and with REDIS_URL',
      { format: 'vapid-key' }
    )
  ),
  PUSH_CONTACT: Type.Optional(
    Formatted('push-contact', 'mailto: or https: address of the operator, sent to push services; unset: PUBLIC_URL')
  ),
  SMTP_URL: Type.Optional(
    Secret('server that sends e-mail, over TLS (smtps:) or with STARTTLS (smtp:); unset: no e-mail', {
      format: 'smtp-url'
    })
  ),
  SMTP_TLS_CA: Type.Optional(
    Text("file with the certificates, PEM, that sign that of the SMTP server; unset: Node.js's own list")
  ),
  MAIL_FROM: Type.Optional(Formatted('mail-sender', 'sender of e-mail: an address, or a name and an address in <>')),
  MAIL_CHECKS_PER_HOUR: Count(300, 'mails of all people together that ask to verify an address'),
  NOTIFY_PRIVATE_ADDRESSES: Type.Boolean({
    default: false,
    description: 'let people register push services and webhooks at private addresses and over http, for development'
  })
}
