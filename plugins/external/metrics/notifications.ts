import { Counter, type Registry } from 'prom-client'

export type NotificationMeter = ReturnType<typeof createNotificationMeter>

/** Metrics of the messages to followers. */
export function createNotificationMeter(registry: Registry) {
  const messages = new Counter({
    name: 'ambient_notifications_total',
    help: 'Messages to followers by channel and outcome; others than sent and failed were not wanted any more',
    labelNames: ['channel', 'outcome'],
    registers: [registry]
  })

  const webhooks = new Counter({
    name: 'ambient_webhook_deliveries_total',
    help: 'Messages to webhooks by outcome: delivered or failed',
    labelNames: ['outcome'],
    registers: [registry]
  })

  return {
    finished: (channel: string, outcome: string): void => messages.inc({ channel, outcome }),
    webhookFinished: (outcome: 'delivered' | 'failed'): void => webhooks.inc({ outcome })
  }
}
