import fp from 'fastify-plugin'
import type { Db } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { Link, Person, PublicUser, User, UserPatch } from '../../../contract/users.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import { checkedLinks } from './support-links.ts'

declare module 'fastify' {
  interface FastifyInstance {
    users: Users
  }
}

interface UserDocument {
  _id: string
  displayName: string
  avatarUrl: string | null
  bio: string
  links: Link[]
  guest: boolean
  /** Their account at Spotify, where one is linked; the tokens are elsewhere. */
  spotify?: SpotifyLink | null
  createdAt: Date
}

/** `relink`: Spotify wants the person to link again; `url`: their page there. */
interface SpotifyLink {
  linked: true
  relink: boolean
  url: string | null
}

/** What anybody may see of somebody; who follows whom is kept elsewhere. */
export type Profile = Omit<PublicUser, 'followerCount' | 'followingCount' | 'followed'>

const batchSize = 500

export type Users = ReturnType<typeof createUsers>

/** Told synchronously that a person has another name or picture. */
export type PersonListener = (person: Person) => void

/** People and their profiles. */
export function createUsers(db: Db) {
  const users = db.collection<UserDocument>('users')
  const listeners: PersonListener[] = []

  function publish(user: User): void {
    const person = personOf(user)
    for (const listener of listeners) listener(person)
  }

  return {
    /** Calls the listener whenever a person's name or picture has changed. */
    onChanged(listener: PersonListener): void {
      listeners.push(listener)
    },

    async create({
      displayName,
      guest = false,
      avatarUrl = null
    }: {
      displayName: string
      guest?: boolean
      avatarUrl?: string | null
    }): Promise<User> {
      const document: UserDocument = {
        _id: opaqueId(),
        displayName,
        avatarUrl,
        bio: '',
        links: [],
        guest,
        createdAt: new Date()
      }
      await users.insertOne(document)
      return toUser(document)
    },

    /** Spotify wants the person to link again. */
    async askToRelinkSpotify(userId: string): Promise<void> {
      await users.updateOne({ _id: userId, spotify: { $ne: null } }, { $set: { 'spotify.relink': true } })
    },

    /** Says on the account how its link to Spotify stands; null takes the link away. */
    async setSpotify(userId: string, spotify: SpotifyLink | null): Promise<void> {
      await users.updateOne({ _id: userId }, { $set: { spotify } })
    },

    async *heldAbout(userId: string): AsyncIterable<object> {
      const user = await this.find(userId)
      if (user) yield user
    },

    /** The account itself. Safe to repeat. */
    async remove(userId: string): Promise<void> {
      await users.deleteOne({ _id: userId })
    },

    /** The guests who came before that time, a batch at a time. */
    async *guestIds(before: Date): AsyncGenerator<string[]> {
      let batch: string[] = []
      for await (const { _id } of users.find({ guest: true, createdAt: { $lt: before } }, { projection: { _id: 1 } })) {
        batch.push(_id)
        if (batch.length < batchSize) continue
        yield batch
        batch = []
      }
      if (batch.length > 0) yield batch
    },

    async find(userId: string): Promise<User | null> {
      const document = await users.findOne({ _id: userId })
      return document && toUser(document)
    },

    /** Who somebody is beside what they do; null when there is no such person. */
    async findPerson(userId: string): Promise<Person | null> {
      const document = await users.findOne({ _id: userId }, { projection: { displayName: 1, avatarUrl: 1 } })
      return document && { id: document._id, displayName: document.displayName, avatarUrl: document.avatarUrl }
    },

    /** Throws NOT_FOUND. */
    async publicProfile(userId: string): Promise<Profile> {
      const document = await users.findOne({ _id: userId })
      if (!document) throw new CodedError('NOT_FOUND', 'There is no such person.')
      const { id, displayName, avatarUrl, bio, links, guest, createdAt } = toUser(document)
      return { id, displayName, avatarUrl, bio, links, guest, spotifyUrl: document.spotify?.url ?? null, createdAt }
    },

    /** The people with these ids, by id; who is gone is missing. */
    async people(userIds: readonly string[]): Promise<Map<string, Person>> {
      const documents = await users
        .find({ _id: { $in: [...new Set(userIds)] } }, { projection: { displayName: 1, avatarUrl: 1 } })
        .toArray()
      return new Map(documents.map(({ _id, displayName, avatarUrl }) => [_id, { id: _id, displayName, avatarUrl }]))
    },

    /** Throws NOT_FOUND; VALIDATION for a link that does not lead to a public place. */
    async patch(userId: string, { links, ...texts }: UserPatch): Promise<User> {
      const changes = { ...texts, ...(links && { links: checkedLinks(links) }) }
      if (Object.keys(changes).length === 0) return required(await this.find(userId))
      const document = await users.findOneAndUpdate({ _id: userId }, { $set: changes }, { returnDocument: 'after' })
      const user = required(document && toUser(document))
      if (texts.displayName !== undefined) publish(user)
      return user
    },

    /** Shows another picture, or none. Throws NOT_FOUND. */
    async setAvatar(userId: string, avatarUrl: string | null): Promise<{ user: User; previousUrl: string | null }> {
      const before = await users.findOneAndUpdate(
        { _id: userId },
        { $set: { avatarUrl } },
        { returnDocument: 'before' }
      )
      const user = required(before && toUser({ ...before, avatarUrl }))
      publish(user)
      return { user, previousUrl: before?.avatarUrl ?? null }
    }
  }
}

function personOf({ id, displayName, avatarUrl }: User): Person {
  return { id, displayName, avatarUrl }
}

function required(user: User | null): User {
  if (!user) throw new CodedError('NOT_FOUND', 'There is no such person.')
  return user
}

/** The account as its owner sees it. */
function toUser({ _id, displayName, avatarUrl, bio, links, guest, spotify = null, createdAt }: UserDocument): User {
  return {
    id: _id,
    displayName,
    avatarUrl,
    bio,
    links,
    spotify: spotify && { linked: spotify.linked, relink: spotify.relink },
    guest,
    createdAt: createdAt.toISOString()
  }
}

export default fp(
  async app => {
    await app.db.collection('users').createIndex({ guest: 1, createdAt: 1 })
    const users = createUsers(app.db)
    app.decorate('users', users)
    app.personalData.register('account', {
      export: userId => users.heldAbout(userId),
      erase: async userId => await users.remove(userId)
    })
  },
  { name: 'users', dependencies: ['mongodb', 'personal-data'] }
)
