import type { Webhook, WebhookDelivery } from '../../../client/index.ts'
import { formatDateTimeInText } from '../format/date-time.ts'

export const eventTexts: Readonly<Record<WebhookDelivery['event'], string>> = {
  'show.scheduled': 'A show is planned',
  'show.started': 'A show starts',
  'show.ended': 'A show ends',
  'webhook.test': 'Test'
}

const errorTexts: Readonly<Record<NonNullable<WebhookDelivery['error']>, string>> = {
  address: 'the address is not on the public internet',
  timeout: 'no answer in time',
  connection: 'no connection'
}

/** Says what became of a message. */
export function deliveryText({ status, answer, error, nextAt }: WebhookDelivery): string {
  const outcome = answer === null ? error && errorTexts[error] : `answer ${answer}`
  const suffix = outcome ? `, ${outcome}` : ''
  if (status === 'delivered') return `Delivered${suffix}`
  if (status === 'failed') return `Failed${suffix}`
  return `Waiting${suffix}${nextAt ? `, next try ${formatDateTimeInText(nextAt)}` : ''}`
}

/** Says whether a webhook is in use, and if it is not, why. */
export function stateText({ isEnabled, disabledReason }: Webhook): string {
  if (isEnabled) return 'On'
  if (disabledReason === 'gone') return 'Off: the address answered that it is gone'
  return disabledReason === 'failing' ? 'Off: too many messages failed' : 'Off'
}
