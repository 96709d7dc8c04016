import { Type } from 'typebox'
import { Formatted, Secret } from './setting-types.ts'

/** Settings of notifications: push messages, and addresses to which they may go. */
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
  NOTIFY_PRIVATE_ADDRESSES: Type.Boolean({
    default: false,
    description: 'let people register push services at private addresses and over http, for development'
  })
}
