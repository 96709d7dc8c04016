import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import {
  Person as PersonSchema,
  type Link,
  type Person,
  type PublicUser,
  type User,
  type UserPatch
} from '../../../contract/users.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import { noFeed, type ClusterFeed } from '../operations/cluster-feed.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import { checkLinks } from './support-links.ts'

export interface UserDocument {
  _id: string
  displayName: string
  avatarUrl: string | null
  bio: string
  links: Link[]
  guest: boolean
  /** Whether followers see that the person is online; absent until they choose it. */
  showsOnline?: boolean
  /** Whether the others in a show see the person in its list; absent until they choose it. */
  listedInShows?: boolean
  /** The linked Spotify account; its tokens are stored elsewhere. */
  spotify?: SpotifyLink | null
  createdAt: Date
}

/** `relink`: Spotify requires the person to link again; `url`: their profile page at Spotify. */
interface SpotifyLink {
  linked: true
  relink: boolean
  url: string | null
}

/** Public profile of a user, without follower counts. */
export type Profile = Omit<PublicUser, 'followerCount' | 'followingCount' | 'followed'>

/** Called synchronously when a person's name or picture has changed. */
export type PersonListener = (person: Person) => void

const batchSize = 500

export type Users = Awaited<ReturnType<typeof createUsers>>

/** Users and their profiles. The feed tells other nodes who has changed their name or picture. */
export async function createUsers(users: Collection<UserDocument>, feed: ClusterFeed = noFeed) {
  const listeners: PersonListener[] = []
  const createdListeners: ((user: User) => void)[] = []
  await users.createIndex({ guest: 1, createdAt: 1 })

  function tell(person: Person): void {
    for (const listener of listeners) listener(person)
  }

  function publish({ id, displayName, avatarUrl }: User): void {
    feed.publish('person changed', { id, displayName, avatarUrl })
    tell({ id, displayName, avatarUrl })
  }

  feed.on('person changed', PersonSchema, tell)

  async function find(userId: string): Promise<User | undefined> {
    const document = await users.findOne({ _id: userId })
    return document ? toUser(document) : undefined
  }

  return {
    /** Calls the listener whenever a person's name or picture has changed, on any node. */
    onChanged(listener: PersonListener): void {
      listeners.push(listener)
    },

    /** Calls the listener with each account that is created on this node. */
    onCreated(listener: (user: User) => void): void {
      createdListeners.push(listener)
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
      const user = toUser(document)
      for (const listener of createdListeners) listener(user)
      return user
    },

    find,

    /** Returns the name and picture of a user. */
    async findPerson(userId: string): Promise<Person | undefined> {
      const document = await users.findOne({ _id: userId }, { projection: { displayName: 1, avatarUrl: 1 } })
      return document ? toPerson(document) : undefined
    },

    /** Returns the people with these ids, by id. Ids of erased accounts are missing. */
    async people(userIds: readonly string[]): Promise<Map<string, Person>> {
      const documents = await users
        .find({ _id: { $in: [...new Set(userIds)] } }, { projection: { displayName: 1, avatarUrl: 1 } })
        .toArray()
      return new Map(documents.map(document => [document._id, toPerson(document)]))
    },

    /** Returns those of these people who let followers see that they are online, by id. Erased accounts are missing. */
    async peopleShowingOnline(userIds: readonly string[]): Promise<Map<string, Person>> {
      const documents = await users
        .find({ _id: { $in: [...userIds] }, showsOnline: true }, { projection: { displayName: 1, avatarUrl: 1 } })
        .toArray()
      return new Map(documents.map(document => [document._id, toPerson(document)]))
    },

    /** Returns the ids of those of these people who are not to be listed in shows. */
    async unlistedAmong(userIds: readonly string[]): Promise<string[]> {
      if (userIds.length === 0) return []
      const filter = { _id: { $in: [...userIds] }, listedInShows: false }
      const documents = await users.find(filter, { projection: { _id: 1 } }).toArray()
      return documents.map(({ _id }) => _id)
    },

    /** Throws NOT_FOUND. */
    async getProfile(userId: string): Promise<Profile> {
      const document = await users.findOne({ _id: userId })
      if (!document) throw noSuchPerson()
      return toProfile(document)
    },

    /** Returns the public profiles of these people, by id. Ids of erased accounts are missing. */
    async profiles(userIds: readonly string[]): Promise<Map<string, Profile>> {
      const documents = await users.find({ _id: { $in: [...new Set(userIds)] } }).toArray()
      return new Map(documents.map(document => [document._id, toProfile(document)]))
    },

    /** Throws NOT_FOUND; VALIDATION for a link that does not lead to a public place. */
    async patch(userId: string, { links, ...texts }: UserPatch): Promise<User> {
      const changes = { ...texts, ...(links && { links: checkLinks(links) }) }
      if (Object.keys(changes).length === 0) {
        const user = await find(userId)
        if (!user) throw noSuchPerson()
        return user
      }
      const document = await users.findOneAndUpdate({ _id: userId }, { $set: changes }, { returnDocument: 'after' })
      if (!document) throw noSuchPerson()
      const user = toUser(document)
      if (texts.displayName !== undefined) publish(user)
      return user
    },

    /** Changes the picture, or removes it. Throws NOT_FOUND. */
    async setAvatar(userId: string, avatarUrl: string | null): Promise<{ user: User; previousUrl: string | null }> {
      const before = await users.findOneAndUpdate(
        { _id: userId },
        { $set: { avatarUrl } },
        { returnDocument: 'before' }
      )
      if (!before) throw noSuchPerson()
      const user = toUser({ ...before, avatarUrl })
      publish(user)
      return { user, previousUrl: before.avatarUrl }
    },

    /** Records the state of the link to Spotify; null removes the link. */
    async setSpotify(userId: string, spotify: SpotifyLink | null): Promise<void> {
      await users.updateOne({ _id: userId }, { $set: { spotify } })
    },

    /** Records that Spotify requires the person to link again. */
    async setSpotifyRelink(userId: string): Promise<void> {
      await users.updateOne({ _id: userId, spotify: { $ne: null } }, { $set: { 'spotify.relink': true } })
    },

    /** Yields the ids of guests created before this time, in batches. */
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

    /** Removes the account itself. Safe to repeat. */
    async remove(userId: string): Promise<void> {
      await users.deleteOne({ _id: userId })
    },

    export: (userId: string): AsyncIterable<object> => exportedRecords(users, { _id: userId }, toUser)
  }
}

/** NOT_FOUND: there is no user with this id. */
export function noSuchPerson(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such person.')
}

function toPerson({ _id, displayName, avatarUrl }: Pick<UserDocument, '_id' | 'displayName' | 'avatarUrl'>): Person {
  return { id: _id, displayName, avatarUrl }
}

function toProfile(document: UserDocument): Profile {
  const { id, displayName, avatarUrl, bio, links, guest, createdAt } = toUser(document)
  return { id, displayName, avatarUrl, bio, links, guest, spotifyUrl: document.spotify?.url ?? null, createdAt }
}

/** The account as its owner sees it. */
function toUser(document: UserDocument): User {
  const { _id, displayName, avatarUrl, bio, links, guest, spotify = null, createdAt } = document
  const { showsOnline = false, listedInShows = true } = document
  return {
    id: _id,
    displayName,
    avatarUrl,
    bio,
    links,
    spotify: spotify && { linked: spotify.linked, relink: spotify.relink },
    guest,
    showsOnline,
    listedInShows,
    createdAt: createdAt.toISOString()
  }
}
