import type { Collection } from 'mongodb'
import { invalidRequest } from '../../../../contract/errors.ts'
import type { NotificationSettings, NotificationSettingsPatch } from '../../../../contract/notifications.ts'
import { exportedRecords } from '../../privacy/exported-records.ts'
import type { ChannelName } from '../queue/documents.ts'
import { isQuiet, isTimeZone } from './quiet-hours.ts'

/** The settings of a person, by the person's id. Missing fields have their defaults. */
export interface NotificationSettingsDocument extends Partial<NotificationSettings> {
  _id: string
}

const defaults: NotificationSettings = {
  creators: 'all',
  mutedCreatorIds: [],
  push: true,
  email: false,
  quietHours: null
}

export type NotificationPreferences = ReturnType<typeof createNotificationPreferences>

/** A message that people may want. */
export interface Wanted {
  channel: ChannelName
  creatorId: string
  at: Date
  /** Whether they asked for it: then it does not matter about whom they want to be told. */
  isReminder?: boolean
}

/** The settings of people about the messages that they get. */
export function createNotificationPreferences(collection: Collection<NotificationSettingsDocument>) {
  function wants(settings: NotificationSettings, { channel, creatorId, at, isReminder = false }: Wanted): boolean {
    const isMuted = settings.creators === 'none' || settings.mutedCreatorIds.includes(creatorId)
    if ((isMuted && !isReminder) || !settings[channel]) return false
    return settings.quietHours === null || !isQuiet(settings.quietHours, at)
  }

  return {
    /** Returns the settings of a person. */
    async get(userId: string): Promise<NotificationSettings> {
      return settingsIn(await collection.findOne({ _id: userId }))
    },

    /** Throws VALIDATION for an unknown time zone. */
    async patch(userId: string, patch: NotificationSettingsPatch): Promise<NotificationSettings> {
      if (patch.quietHours && !isTimeZone(patch.quietHours.timeZone)) {
        throw invalidRequest([{ path: '/quietHours/timeZone', message: 'is not a time zone' }])
      }
      if (Object.keys(patch).length > 0) {
        await collection.updateOne({ _id: userId }, { $set: patch }, { upsert: true })
      }
      return settingsIn(await collection.findOne({ _id: userId }))
    },

    /** Returns those of these people who want to be told about a creator on a channel at a time. */
    async findWilling(userIds: readonly string[], wanted: Wanted): Promise<Set<string>> {
      const found = await collection.find({ _id: { $in: [...userIds] } }).toArray()
      const byId = new Map(found.map(document => [document._id, document]))
      return new Set(userIds.filter(id => wants(settingsIn(byId.get(id) ?? null), wanted)))
    },

    personalData: {
      export: (userId: string): AsyncIterable<object> =>
        exportedRecords(collection, { _id: userId }, document => settingsIn(document)),
      async erase(userId: string): Promise<void> {
        await collection.deleteOne({ _id: userId })
      }
    }
  }
}

function settingsIn(document: NotificationSettingsDocument | null): NotificationSettings {
  const { creators, mutedCreatorIds, push, email, quietHours } = { ...defaults, ...document }
  return { creators, mutedCreatorIds: [...mutedCreatorIds], push, email, quietHours }
}
