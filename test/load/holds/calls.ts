import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { createOneTimeCodes } from '../../../plugins/app/identity/one-time-codes.ts'
import type { ShowDocument } from '../../../plugins/app/shows/document.ts'
import { names } from './seed.ts'

/** A call of a service's method. What it yields is read to the end. */
export type Call = (app: FastifyInstance) => unknown

const { star, fan, host, bigShow, erasedShow, nextShow, song, invitation, report } = names
const page = { limit: 50 }
const large = { limit: 100 }
const followed = Array.from({ length: 500 }, (_, n) => `creator-${n}`)
const blockedWords = Array.from({ length: 200 }, (_, n) => `word${n}*`)
const heldDraft = { text: 'Hello', replyTo: undefined, mentions: [] }
const keyOf = ({ url }: { url: string }) => new URL(url).searchParams.get('key') ?? ''
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()
const noRecord = { listenerCount: 0, peakListeners: 1, totalListeners: 1 }

const enteredAddress = {
  ...{ _id: fan, entryId: 'x', address: 'fan@example.org', verifiedAt: null, refusedAt: null },
  ...{ check: null, createdAt: new Date() }
}

/** The calls of each method, in this order. Those that remove much come last. */
export const calls: Readonly<Record<string, readonly Call[]>> = {
  'users.create': [app => app.users.create({ displayName: 'New' })],
  'users.find': [app => app.users.find(star)],
  'users.findPerson': [app => app.users.findPerson(star)],
  'users.people': [app => app.users.people(Array.from({ length: 500 }, (_, n) => `person-${n}`))],
  'users.peopleShowingOnline': [app => app.users.peopleShowingOnline(followed)],
  'users.getProfile': [app => app.users.getProfile(star)],
  'users.profiles': [app => app.users.profiles(Array.from({ length: 100 }, (_, n) => `person-${n}`))],
  'users.patch': [app => app.users.patch(star, { bio: 'New' })],
  'users.setAvatar': [app => app.users.setAvatar(star, null)],
  'users.setSpotify': [app => app.users.setSpotify(star, null)],
  'users.setSpotifyRelink': [app => app.users.setSpotifyRelink(star)],
  'users.guestIds': [app => app.users.guestIds(new Date())],
  'users.remove': [app => app.users.remove('person-1')],
  'users.export': [app => app.users.export(star)],
  'heldComments.hold': [app => app.heldComments.hold({ showId: bigShow, authorId: fan, clientId: 'a' }, heldDraft)],
  'heldComments.findOf': [app => app.heldComments.findOf(bigShow, fan)],
  'heldComments.find': [app => app.heldComments.find(bigShow, 'x')],
  'heldComments.list': [app => app.heldComments.list(bigShow)],
  'heldComments.listOf': [app => app.heldComments.listOf(bigShow, fan)],
  'heldComments.count': [app => app.heldComments.count(bigShow)],
  'heldComments.remove': [app => app.heldComments.remove(bigShow, 'x')],
  'heldComments.removeOf': [app => app.heldComments.removeOf(bigShow, followed)],
  'heldComments.removeOld': [app => app.heldComments.removeOld()],
  'heldComments.isTrusted': [app => app.heldComments.isTrusted(star, fan)],
  'heldComments.trust': [app => app.heldComments.trust(star, fan)],
  'heldComments.forgetBlocked': [app => app.heldComments.forgetBlocked(star, fan, bigShow)],
  'heldComments.personalData': [app => app.heldComments.personalData.export(fan)],
  'heldComments.trustData': [app => app.heldComments.trustData.export(star)],
  'creatorWords.get': [app => app.creatorWords.get(star)],
  'creatorWords.set': [app => app.creatorWords.set(star, blockedWords)],
  'creatorWords.findFilter': [app => app.creatorWords.findFilter(star)],
  'creatorWords.personalData': [app => app.creatorWords.personalData.export(star)],
  'blocks.block': [app => app.blocks.block(host, fan), app => app.blocks.block(star, host)],
  'blocks.unblock': [app => app.blocks.unblock(host, fan)],
  'blocks.has': [app => app.blocks.has(star, fan)],
  'blocks.findBetween': [app => app.blocks.findBetween(star, followed)],
  'blocks.assertNotBlocked': [app => app.blocks.assertNotBlocked(star, fan)],
  'blocks.list': [app => app.blocks.list(star, large)],
  'blocks.export': [app => app.blocks.export(star)],
  'follows.follow': [app => app.follows.follow(host, star)],
  'follows.unfollow': [app => app.follows.unfollow(host, star)],
  'follows.sever': [app => app.follows.sever(star, fan)],
  'follows.figures': [app => app.follows.figures(star, fan), app => app.follows.figures(fan, null)],
  'follows.countSince': [app => app.follows.countSince(star, new Date(0), new Date())],
  'follows.followers': [app => app.follows.followers(star, large)],
  'follows.following': [app => app.follows.following(fan, large)],
  'follows.followerEdges': [app => app.follows.followerEdges(star, large)],
  'follows.followingEdges': [app => app.follows.followingEdges(fan, large)],
  'follows.followerCounts': [app => app.follows.followerCounts([star, ...followed.slice(0, 99)])],
  'follows.followingCounts': [app => app.follows.followingCounts([fan, ...followed.slice(0, 99)])],
  'follows.followedAmong': [app => app.follows.followedAmong(fan, followed.slice(0, 100))],
  'follows.followedIds': [app => app.follows.followedIds(fan)],
  'follows.export': [app => app.follows.export(star)],
  'avatars.replace': [app => app.avatars.replace(star, Buffer.from('not a picture'))],
  'avatars.remove': [app => app.avatars.remove(star)],
  'avatars.export': [app => app.avatars.export(star)],
  'avatars.erase': [app => app.avatars.erase(star)],
  'shows.list': [
    app => app.shows.list(large, null),
    app => app.shows.list({ ...large, status: 'ended' }, null),
    app => app.shows.list({ ...page, creatorId: star }, null),
    app => app.shows.list({ ...page, creatorId: star }, star),
    app => app.shows.list({ ...page, creatorId: star, status: 'ended' }, star),
    async app => await app.shows.list(page, fan, await app.follows.followedIds(fan)),
    app => app.shows.list({ ...page, tag: 'tag-1' }, null),
    app => app.shows.list({ ...page, q: 'show' }, null),
    app => app.shows.list({ ...page, q: 'word7' }, null),
    app => app.shows.list({ ...page, q: 's w n' }, null),
    app => app.shows.list({ ...page, q: 'show nothing' }, null),
    app => app.shows.list({ ...page, creatorId: star, q: 'word7 n7' }, star)
  ],
  'shows.listEdges': [app => app.shows.listEdges(large, null)],
  'showSeries.create': [
    app =>
      app.showSeries.create(
        star,
        { rule: 'FREQ=WEEKLY', timeZone: 'UTC' },
        { title: 'New', startsAt: new Date(Date.now() + 3_600_000).toISOString() }
      )
  ],
  'showSeries.planDue': [app => app.showSeries.planDue()],
  'showSeries.planDueOf': [app => app.showSeries.planDueOf('no-series')],
  'showSeries.patch': [app => app.showSeries.patch('no-series', star, { title: 'New' })],
  'showCovers.replace': [app => app.showCovers.replace(nextShow, star, async () => Buffer.from('not a picture'))],
  'showCovers.remove': [app => app.showCovers.remove(nextShow, star)],
  'showCovers.release': [
    app => app.showCovers.release({ creatorId: star, coverUrl: names.cover }),
    app => app.showCovers.release({ creatorId: star, coverUrl: '/v1/covers/star.cover-2' })
  ],
  'showCovers.coverOf': [app => app.showCovers.coverOf(bigShow, host)],
  'showCovers.assertExists': [app => app.showCovers.assertExists(bigShow)],
  'showCovers.takeDown': [app => app.showCovers.takeDown(bigShow)],
  'showCovers.export': [app => app.showCovers.export(star)],
  'showCovers.erase': [app => app.showCovers.erase('person-2')],
  'showSeries.remove': [app => app.showSeries.remove('no-series', star)],
  'showSeries.skip': [
    async app => {
      const show = await app.db.collection<ShowDocument>('shows').findOne({ _id: bigShow })
      if (show) await app.showSeries.skip(show)
    }
  ],
  'shows.tagsInUse': [app => app.shows.tagsInUse()],
  'shows.create': [app => app.shows.create(star, { title: 'New' })],
  'shows.patch': [app => app.shows.patch(nextShow, host, { title: 'New title' })],
  'shows.start': [app => app.shows.start(nextShow, star)],
  'shows.end': [app => app.shows.end(bigShow, host)],
  'shows.markStatus': [app => app.shows.markStatus(bigShow, 'live', 1)],
  'shows.markEnded': [app => app.shows.markEnded(bigShow, 'ended', 1, 1)],
  'shows.markSongsOnAir': [app => app.shows.markSongsOnAir(bigShow, ['song-1'], 1)],
  'shows.findSongsOnAir': [app => app.shows.findSongsOnAir(Array.from({ length: 100 }, (_, n) => `show-${n}`))],
  'shows.isSongOnAir': [app => app.shows.isSongOnAir('song-1')],
  'shows.remove': [app => app.shows.remove(bigShow, host)],
  'shows.get': [app => app.shows.get(bigShow, fan)],
  'shows.getMany': [app => app.shows.getMany([bigShow, ...Array.from({ length: 99 }, (_, n) => `show-${n}`)], fan)],
  'shows.assertVisible': [app => app.shows.assertVisible(bigShow, host)],
  'shows.findRecord': [app => app.shows.findRecord(bigShow)],
  'shows.isStreamable': [app => app.shows.isStreamable(bigShow)],
  'shows.findPublic': [app => app.shows.findPublic(Array.from({ length: 500 }, (_, n) => `show-${n}`))],
  'shows.findLiveShowId': [app => app.shows.findLiveShowId(star)],
  'shows.idsOf': [app => app.shows.idsOf(star)],
  'shows.listLiveIds': [app => app.shows.listLiveIds()],
  'shows.listIdsEndedSince': [app => app.shows.listIdsEndedSince(new Date(0))],
  'shows.listIdsStartingBefore': [app => app.shows.listIdsStartingBefore(new Date(Date.now() + 172_800_000))],
  'shows.findStarted': [app => app.shows.findStarted(bigShow)],
  'shows.findStartedSince': [app => app.shows.findStartedSince(new Date(0))],
  'shows.changedSince': [app => app.shows.changedSince(new Date(Date.now() - 60_000))],
  'shows.findFacts': [app => app.shows.findFacts(bigShow)],
  'shows.findUnfinished': [app => app.shows.findUnfinished(followed.slice(0, 250))],
  'shows.findComing': [app => app.shows.findComing(new Date(0), new Date(Date.now() + 172_800_000))],
  'shows.startedShows': [app => app.shows.startedShows(star, large)],
  'shows.endedShows': [app => app.shows.endedShows(star, { from: new Date(0), before: new Date() })],
  'shows.recordAudience': [
    app =>
      app.shows.recordAudience(
        bigShow,
        { ...noRecord, newcomerIds: Array.from({ length: 500 }, (_, n) => `new-${n}`) },
        1
      )
  ],
  'shows.visitorIds': [app => app.shows.visitorIds(bigShow)],
  'calendars.getOfCreator': [app => app.calendars.getOfCreator(star)],
  'calendars.get': [app => app.calendars.get(fan)],
  'calendars.create': [app => app.calendars.create(fan)],
  'calendars.getByKey': [async app => await app.calendars.getByKey(keyOf(await app.calendars.create(fan)))],
  'calendars.remove': [app => app.calendars.remove(fan)],
  'calendars.personalData': [app => app.calendars.personalData.export(fan)],
  'notificationPreferences.get': [app => app.notificationPreferences.get(fan)],
  'notificationPreferences.patch': [app => app.notificationPreferences.patch(fan, { push: true })],
  'notificationPreferences.findWilling': [
    app =>
      app.notificationPreferences.findWilling(followed.slice(0, 100), {
        ...{ channel: 'push', creatorId: star, at: new Date() }
      })
  ],
  'notificationPreferences.personalData': [app => app.notificationPreferences.personalData.export(fan)],
  'emailAddresses.get': [app => app.emailAddresses.get(fan)],
  'emailAddresses.set': [app => app.emailAddresses.set(fan, 'fan@example.org')],
  'emailAddresses.verify': [app => app.emailAddresses.verify('unknown')],
  'emailAddresses.unsubscribe': [app => app.emailAddresses.unsubscribe('unknown')],
  'emailAddresses.setBlocked': [app => app.emailAddresses.setBlocked('unknown', true)],
  'emailAddresses.findVerified': [app => app.emailAddresses.findVerified(followed.slice(0, 100))],
  'emailAddresses.findOfPerson': [app => app.emailAddresses.findOfPerson(fan)],
  'emailAddresses.claimCheck': [app => app.emailAddresses.claimCheck(1000)],
  'emailAddresses.finishCheck': [app => app.emailAddresses.finishCheck(enteredAddress)],
  'emailAddresses.markRefused': [app => app.emailAddresses.markRefused(enteredAddress)],
  'emailAddresses.remove': [app => app.emailAddresses.remove(fan)],
  'emailAddresses.personalData': [app => app.emailAddresses.personalData.export(fan)],
  'webhooks.create': [app => app.webhooks.create(star, { url: 'https://hooks.example/x', events: ['show.started'] })],
  'webhooks.list': [app => app.webhooks.list(star)],
  'webhooks.patch': [app => app.webhooks.patch(star, 'unknown', { isEnabled: true })],
  'webhooks.rotate': [app => app.webhooks.rotate(star, 'unknown')],
  'webhooks.test': [app => app.webhooks.test(star, 'unknown')],
  'webhooks.deliveries': [app => app.webhooks.deliveries(star, 'unknown')],
  'webhooks.reseal': [app => app.webhooks.reseal()],
  'webhooks.remove': [app => app.webhooks.remove(star, 'unknown')],
  'webhooks.personalData': [app => app.webhooks.personalData.export(star)],
  'reminders.add': [app => app.reminders.add(fan, nextShow)],
  'reminders.has': [app => app.reminders.has(fan, nextShow)],
  'reminders.list': [app => app.reminders.list(fan)],
  'reminders.people': [app => app.reminders.people(nextShow, { limit: 100, cursor: null })],
  'reminders.removeEnded': [app => app.reminders.removeEnded()],
  'reminders.remove': [app => app.reminders.remove(fan, nextShow)],
  'reminders.removeOfShow': [app => app.reminders.removeOfShow('unknown')],
  'reminders.personalData': [app => app.reminders.personalData.export(fan)],
  'pushSubscriptions.add': [
    app =>
      app.pushSubscriptions.add(
        { userId: fan, signInId: 'sign-in', device: 'phone' },
        { endpoint: 'https://push.example/x', keys: { p256dh: app.pushKey ?? '', auth: 'A'.repeat(22) } }
      )
  ],
  'pushSubscriptions.list': [app => app.pushSubscriptions.list(fan)],
  'pushSubscriptions.ofPerson': [app => app.pushSubscriptions.ofPerson(fan)],
  'pushSubscriptions.findSubscribed': [app => app.pushSubscriptions.findSubscribed(followed.slice(0, 100))],
  'pushSubscriptions.noteAccepted': [
    async app => await Promise.all((await app.pushSubscriptions.ofPerson(fan)).map(app.pushSubscriptions.noteAccepted))
  ],
  'pushSubscriptions.noteRefused': [
    async app => await Promise.all((await app.pushSubscriptions.ofPerson(fan)).map(app.pushSubscriptions.noteRefused))
  ],
  'pushSubscriptions.removeOfSignIns': [app => app.pushSubscriptions.removeOfSignIns(['sign-in-1'])],
  'pushSubscriptions.removeEnded': [app => app.pushSubscriptions.removeEnded()],
  'pushSubscriptions.remove': [app => app.pushSubscriptions.remove(fan, 'unknown')],
  'pushSubscriptions.personalData': [app => app.pushSubscriptions.personalData.export(fan)],
  'showGuard.get': [app => app.showGuard.get(bigShow)],
  'showGuard.authorize': [
    app => app.showGuard.authorize('moderate', bigShow, fan),
    app => app.showGuard.authorize('see', bigShow, 'stranger')
  ],
  'showGuard.isHost': [async app => await app.showGuard.isHost(await app.showGuard.get(bigShow), fan)],
  'showGuard.visibleAmong': [
    app =>
      app.showGuard.visibleAmong(
        Array.from({ length: 100 }, (_, n) => `show-${n}`),
        fan
      )
  ],
  'showGuard.revokeRoles': [app => app.showGuard.revokeRoles('creator-1', fan)],
  'peopleHere.page': [app => app.peopleHere.page(bigShow, host, large)],
  'users.unlistedAmong': [app => app.users.unlistedAmong(Array.from({ length: 500 }, (_, n) => `person-${n}`))],
  'backstage.isInvited': [app => app.backstage.isInvited(nextShow, fan)],
  'backstage.list': [app => app.backstage.list(nextShow, star)],
  'backstage.invite': [app => app.backstage.invite(nextShow, star, fan)],
  'backstage.withdraw': [app => app.backstage.withdraw(nextShow, star, fan)],
  'backstage.onBlocked': [app => app.backstage.onBlocked(star, fan)],
  'backstage.personalData': [app => app.backstage.personalData.export(fan)],
  'showInvitations.list': [app => app.showInvitations.list(bigShow, host, large)],
  'showInvitations.create': [app => app.showInvitations.create(bigShow, host, {})],
  'showInvitations.accept': [app => app.showInvitations.accept(bigShow, fan, 'unknown')],
  'showInvitations.withdraw': [app => app.showInvitations.withdraw(bigShow, host, invitation)],
  'showInvitations.createdData': [app => app.showInvitations.createdData.export(host)],
  'showInvitations.acceptedData': [app => app.showInvitations.acceptedData.export(fan)],
  'eventLog.take': [
    async app => {
      const { token, append } = await app.eventLog.take(nextShow, 'node', 0, 1)
      await append(
        Array.from({ length: 500 }, (_, n) => ({ seq: token + n + 1, at: n, event: { type: 'show:started' } }))
      )
    }
  ],
  'eventLog.recover': [
    app =>
      app.eventLog.recover(
        bigShow,
        Array.from({ length: 500 }, (_, n) => ({ seq: n, at: n, event: { type: 'show:started' }, token: 0 }))
      )
  ],
  'eventLog.recentCauses': [app => app.eventLog.recentCauses(bigShow, 0, Infinity)],
  'eventLog.read': [app => app.eventLog.read(bigShow, 0)],
  'eventLog.findSnapshot': [app => app.eventLog.findSnapshot(bigShow)],
  'eventLog.removeSnapshot': [app => app.eventLog.removeSnapshot(bigShow)],
  'eventLog.removeSnapshotsOf': [app => app.eventLog.removeSnapshotsOf(fan)],
  'audienceLog.openWriter': [
    async app => {
      const writer = app.audienceLog.openWriter(nextShow)
      for (let n = 0; n < 1000; n++) writer.add({ type: 'listener:left', person: `visitor-${n}` }, n)
      await writer.flush()
    }
  ],
  'audienceLog.read': [app => app.audienceLog.read(bigShow, 0)],
  'eventLog.findTailSeq': [app => app.eventLog.findTailSeq(bigShow)],
  'audienceLog.findTail': [app => app.audienceLog.findTail(bigShow)],
  'audienceLog.personalData': [app => app.audienceLog.personalData.export(fan)],
  'onlinePeople.followedBy': [app => app.onlinePeople.followedBy(fan)],
  'announcements.make': [app => app.announcements.make(host, { text: 'Maintenance', until: inAnHour() })],
  'announcements.list': [app => app.announcements.list(large)],
  'announcements.end': [app => app.announcements.end(host, 'announcement-1')],
  'analytics.ofShow': [app => app.analytics.ofShow(bigShow, host)],
  'analytics.csvOfShow': [app => app.analytics.csvOfShow(bigShow, host)],
  'analytics.ofCreator': [app => app.analytics.ofCreator(host, page), app => app.analytics.ofCreator(star, page)],
  'analytics.talkOf': [async app => await app.analytics.talkOf(await app.showGuard.get(bigShow))],
  'transcripts.get': [app => app.transcripts.get(bigShow, host)],
  'transcripts.listSegments': [
    app => app.transcripts.listSegments(bigShow, host, large),
    app => app.transcripts.listSegments(bigShow, host, { ...large, q: 'word7' }),
    app => app.transcripts.listSegments(bigShow, host, { ...large, q: 'said nothing' })
  ],
  'transcripts.segmentsOf': [app => app.transcripts.segmentsOf(bigShow)],
  'transcripts.request': [app => app.transcripts.request(bigShow, host)],
  'transcripts.followRecordings': [app => app.transcripts.followRecordings('show-1')],
  'transcripts.removeOfPerson': [app => app.transcripts.removeOfPerson(star)],
  'transcripts.removeOfShow': [app => app.transcripts.removeOfShow('show-2')],
  'analytics.finishEnded': [app => app.analytics.finishEnded()],
  'showEvents.newest': [app => app.showEvents.newest(bigShow, { types: ['mute:changed', 'floor:granted'] })],
  'showEvents.about': [app => app.showEvents.about(bigShow, [fan], ['floor:granted'])],
  'showEvents.cohostSince': [app => app.showEvents.cohostSince(bigShow, fan)],
  'showEvents.hasStarted': [app => app.showEvents.hasStarted(bigShow)],
  'showEvents.findEnd': [app => app.showEvents.findEnd(bigShow)],
  'showVotes.store': [
    app => app.showVotes.store(bigShow, [{ ballotId: 'p1', userId: fan, choice: 1 }]),
    app =>
      app.showVotes.store(
        bigShow,
        Array.from({ length: 1000 }, (_, n) => ({ ballotId: 'p1', userId: `visitor-${n}`, choice: n % 2 }))
      )
  ],
  'showVotes.ofShow': [app => app.showVotes.ofShow(bigShow)],
  'showVotes.ofPerson': [app => app.showVotes.ofPerson(bigShow, fan)],
  'showVotes.personalData': [app => app.showVotes.personalData.export(fan)],
  'showEvents.export': [app => app.showEvents.export(fan)],
  'comments.write': [
    app =>
      app.comments.write({
        showId: bigShow,
        authorId: host,
        clientId: 'new',
        text: 'New',
        onStored() {},
        onDropped() {}
      })
  ],
  'comments.find': [app => app.comments.find({ showId: bigShow, authorId: fan, clientId: '1' })],
  'comments.findAuthorId': [app => app.comments.findAuthorId(bigShow, `${bigShow}-${fan}-1`)],
  'comments.findShown': [app => app.comments.findShown(bigShow, `${bigShow}-${fan}-1`)],
  'comments.getById': [app => app.comments.getById(`${bigShow}-${fan}-1`)],
  'comments.quote': [app => app.comments.quote(bigShow, `${bigShow}-${fan}-1`)],
  'comments.toComments': [app => app.comments.toComments([])],
  'comments.remove': [app => app.comments.remove(bigShow, `${bigShow}-${fan}-1`)],
  'comments.removeAs': [app => app.comments.removeAs(host, bigShow, `${bigShow}-${fan}-2`)],
  'comments.countOfShow': [app => app.comments.countOfShow(bigShow)],
  'comments.listEdges': [app => app.comments.listEdges(bigShow, host, large)],
  'comments.list': [app => app.comments.list(bigShow, host, large), app => app.comments.list(erasedShow, null, large)],
  'comments.recent': [app => app.comments.recent(bigShow, 0)],
  'comments.writtenSince': [app => app.comments.writtenSince(bigShow, 0)],
  'comments.personalData': [app => app.comments.personalData.export(fan)],
  'playlists.getStored': [app => app.playlists.getStored(nextShow)],
  'playlists.get': [app => app.playlists.get(nextShow, null)],
  'playlists.put': [
    async app => {
      const { version, items } = await app.playlists.getStored(nextShow)
      const entries = items.map(({ id, songId = song }) => ({ id, kind: 'song' as const, songId }))
      return await app.playlists.put(nextShow, host, { version, items: entries.reverse() })
    }
  ],
  'playlists.markUnavailable': [app => app.playlists.markUnavailable(song)],
  'playlists.updateSong': [app => app.playlists.updateSong(song)],
  'playlists.findByArtist': [app => app.playlists.findByArtist('artist-1')],
  'playlists.removeOfShow': [app => app.playlists.removeOfShow('show-1')],
  'playlists.personalData': [app => app.playlists.personalData.export(host)],
  'songs.getAudioInfo': [app => app.songs.getAudioInfo(song, { userId: star, ticket: undefined })],
  'songs.source': [app => app.songs.source(song)],
  'songs.onAir': [app => app.songs.onAir([bigShow])],
  'songs.listEdges': [app => app.songs.listEdges(star, large)],
  'songs.list': [
    app => app.songs.list(star, large),
    app => app.songs.list(star, { ...large, q: 'song n7' }),
    app => app.songs.list(star, { ...large, q: 'nothing' })
  ],
  'songs.findItems': [
    app =>
      app.songs.findItems(
        star,
        Array.from({ length: 500 }, (_, n) => `song-${n}`)
      )
  ],
  'songs.listJingles': [app => app.songs.listJingles(star)],
  'songs.jingle': [app => app.songs.jingle(star, song).catch(() => undefined)],
  'songs.rightsOf': [app => app.songs.rightsOf(Array.from({ length: 500 }, (_, n) => `song-${n}`))],
  'songs.add': [
    app => app.songs.add({ ownerId: star, fileName: 'a.mp3', maxBytes: 1000 }, Readable.from([Buffer.alloc(100)]))
  ],
  'songs.isImporting': [app => app.songs.isImporting(star)],
  'songs.isImported': [app => app.songs.isImported('key')],
  'songs.countWaiting': [app => app.songs.countWaiting()],
  'songs.countByStatus': [app => app.songs.countByStatus(star)],
  'songs.getSpace': [app => app.songs.getSpace(star)],
  'songs.get': [app => app.songs.get(star, song)],
  'songs.delete': [app => app.songs.delete(star, 'song-1')],
  'songs.patch': [app => app.songs.patch(star, song, { title: 'New', year: 1994 })],
  'songs.getDocument': [app => app.songs.getDocument(star, song)],
  'songs.findRequestable': [app => app.songs.findRequestable(host, song)],
  'songs.listRequestable': [
    app => app.songs.listRequestable(host, large),
    app => app.songs.listRequestable(host, { ...large, q: 'song' })
  ],
  'requestableSongs.page': [app => app.requestableSongs.page(bigShow, host, large)],
  'songs.findItem': [app => app.songs.findItem(song)],
  'songs.fields': [app => app.songs.fields.patch(star, song, { album: 'New' })],
  'songs.questions': [
    app => app.songs.questions.claim(1000),
    app => app.songs.questions.claim(1000, star),
    app => app.songs.questions.askFirst(star, song),
    app => app.songs.questions.askLast([song]),
    app => app.songs.questions.markProposals(song, true),
    app => app.songs.questions.countProgress(star),
    app => app.songs.questions.listProposed(star, large),
    app => app.songs.questions.findByArtist('artist-1'),
    app => app.songs.questions.queueOlderSongs(new AbortController().signal)
  ],
  'songMetadata.get': [app => app.songMetadata.get(star, song)],
  'songMetadata.list': [app => app.songMetadata.list(star, large)],
  'songMetadata.accept': [app => app.songMetadata.accept(star, song, { proposalId: 'unknown' })],
  'songMetadata.reject': [app => app.songMetadata.reject(star, song, 'unknown')],
  'artistCards.get': [app => app.artistCards.get('artist-1'), app => app.artistCards.get('unknown')],
  'artistCards.refresh': [app => app.artistCards.refresh('artist-1', new AbortController().signal)],
  'songs.tellChanged': [app => app.songs.tellChanged(song)],
  'songs.tellLeftChanges': [app => app.songs.tellLeftChanges()],
  'songs.removeLeftovers': [app => app.songs.removeLeftovers()],
  'songs.personalData': [app => app.songs.personalData.export(star)],
  'recordings.stintsOf': [app => app.recordings.stintsOf(bigShow)],
  'recordings.listStints': [app => app.recordings.listStints(bigShow)],
  'recordings.findStint': [app => app.recordings.findStint('stint-1')],
  'recordings.holdReplay': [app => app.recordings.holdReplay(bigShow, 1_000_000)],
  'recordings.isComplete': [app => app.recordings.isComplete(bigShow)],
  'recordings.read': [app => app.recordings.read({ id: 'stint-1', showId: bigShow })],
  'recordings.getSpace': [app => app.recordings.getSpace(host)],
  'recordings.ownVoice': [
    app => app.recordings.ownVoice.list(bigShow, fan),
    app => app.recordings.ownVoice.getAudio('stint-1', { userId: fan, ticket: undefined })
  ],
  'recordings.tellLeftChanges': [app => app.recordings.tellLeftChanges()],
  'recordings.removeLeftovers': [app => app.recordings.removeLeftovers()],
  'recordings.personalData': [app => app.recordings.personalData.export(fan)],
  'comments.between': [
    app => app.comments.between(bigShow, { after: [new Date(0)], before: new Date(), readAhead: 101 })
  ],
  'replays.publishedAmong': [app => app.replays.publishedAmong([bigShow, 'show-1'])],
  'replays.get': [app => app.replays.get(bigShow, host)],
  'replays.getAudio': [app => app.replays.getAudio(bigShow, 'mp3', { userId: host, ticket: undefined })],
  'replays.getChapters': [app => app.replays.getChapters(bigShow, { userId: host, ticket: undefined })],
  'replays.getCaptions': [app => app.replays.getCaptions(bigShow, { userId: host, ticket: undefined })],
  'replays.comments': [app => app.replays.comments(bigShow, host, large)],
  'replays.reactions': [app => app.replays.reactions(bigShow, host)],
  'replays.feeds': [app => app.replays.feeds.get(host)],
  'replays.findAudiblePart': [app => app.replays.findAudiblePart(bigShow, fan)],
  'replays.transcriptChanged': [app => app.replays.transcriptChanged(bigShow)],
  'replays.patch': [app => app.replays.patch(bigShow, host, { published: false, version: 1 })],
  'replays.checkLeft': [app => app.replays.checkLeft()],
  'replays.takedowns': [
    app => app.replays.takedowns.assertExists(bigShow),
    app => app.replays.takedowns.add(bigShow, 'Because'),
    app => app.replays.takedowns.lift(bigShow)
  ],
  'replays.songChanged': [app => app.replays.songChanged('song-2')],
  'replays.stintsChanged': [app => app.replays.stintsChanged(bigShow)],
  'replays.mixAgain': [app => app.replays.mixAgain(bigShow, host)],
  'replays.removeLeftovers': [app => app.replays.removeLeftovers()],
  'replays.personalData': [app => app.replays.personalData.export(host)],
  'replays.songRemoved': [app => app.replays.songRemoved('song-1')],
  'replays.delete': [app => app.replays.delete(bigShow, host)],
  'replays.removeOfShow': [app => app.replays.removeOfShow('show-1')],
  'reports.open': [app => app.reports.open(fan, { kind: 'user', subjectId: host, reason: 'Because' })],
  'reports.list': [app => app.reports.list(large), app => app.reports.list({ ...large, status: 'open' })],
  'reports.assertOpen': [app => app.reports.assertOpen(report)],
  'reports.answer': [app => app.reports.answer(report, 'Answered')],
  'reports.export': [app => app.reports.export(fan)],
  'operators.answerReport': [app => app.operators.answerReport('operator', 'report-2', 'Answered')],
  'operators.endShow': [app => app.operators.endShow('operator', bigShow, 'Because')],
  'operators.deleteComment': [app => app.operators.deleteComment('operator', `${bigShow}-${fan}-3`, 'Because')],
  'operators.removeCover': [app => app.operators.removeCover('operator', 'show-2', 'Because')],
  'operators.takeDownReplay': [app => app.operators.takeDownReplay('operator', 'show-2', 'Because')],
  'operators.restoreReplay': [app => app.operators.restoreReplay('operator', 'show-2', 'Because')],
  'operators.suspend': [app => app.operators.suspend('operator', 'person-2', 'Because')],
  'operators.restore': [app => app.operators.restore('operator', 'person-2', 'Because')],
  'operatorActions.record': [
    app =>
      app.operatorActions.record(
        { operatorId: 'operator', type: 'accountRestored', subjectId: star, reason: 'Because' },
        async () => {}
      )
  ],
  'operatorActions.list': [app => app.operatorActions.list(large)],
  'operatorActions.export': [app => app.operatorActions.export(star)],
  'showModeration.decisions': [app => app.showModeration.decisions(bigShow, host, large)],
  'showModeration.bans': [app => app.showModeration.bans(bigShow, host, large)],
  'showModeration.unban': [app => app.showModeration.unban(bigShow, host, fan)],
  'showModeration.members': [app => app.showModeration.members(bigShow, host, large)],
  'sessions.list': [app => app.sessions.list(star, 'session-1', large)],
  'sessions.findSignedIn': [
    app => app.sessions.findSignedIn([...Array.from({ length: 499 }, (_, n) => `person-${n}`), star])
  ],
  'sessions.export': [app => app.sessions.export(star)],
  'sessions.open': [app => app.sessions.open(star, 'Browser')],
  'sessions.findActive': [app => app.sessions.findActive(['session-1'])],
  'sessions.findId': [app => app.sessions.findId('unknown')],
  'sessions.rotate': [app => app.sessions.rotate('unknown', 'Browser')],
  'sessions.end': [app => app.sessions.end('unknown', false)],
  'sessions.endOne': [app => app.sessions.endOne(star, 'session-1')],
  'suspensions.add': [app => app.suspensions.add('person-3', 'Because')],
  'suspensions.remove': [app => app.suspensions.remove('person-3')],
  'suspensions.findAmong': [app => app.suspensions.findAmong(followed)],
  'suspensions.assertNotSuspended': [app => app.suspensions.assertNotSuspended(star)],
  'suspensions.export': [app => app.suspensions.export(star)],
  'identities.find': [app => app.identities.find('spotify', 'star')],
  'identities.claim': [app => app.identities.claim('spotify', 'star', star, true)],
  'identities.export': [app => app.identities.export(star)],
  'identities.release': [app => app.identities.release('spotify', 'star', star)],
  'oneTimeCodes.removeExpired': [
    async app => await (await createOneTimeCodes(app.db.collection('oneTimeCodes'))).removeExpired()
  ],
  'accountLinks.removeExpired': [app => app.accountLinks.removeExpired()],
  'guestCleanup.run': [app => app.guestCleanup.run()],
  'identities.erase': [app => app.identities.erase(star)],
  'sessions.revokeAll': [app => app.sessions.revokeAll(star)],
  'sessions.finishRevocations': [app => app.sessions.finishRevocations()],
  'sessions.removeEnded': [app => app.sessions.removeEnded()],
  'sessions.pollRevoked': [app => app.sessions.pollRevoked()],
  'sessions.erase': [app => app.sessions.erase(star)],
  'reports.erase': [app => app.reports.erase(fan), app => app.reports.erase(star)],
  'follows.erase': [app => app.follows.erase(star)],
  'blocks.erase': [app => app.blocks.erase(star)],
  'showVotes.removeBallot': [app => app.showVotes.removeBallot(bigShow, 'p1')],
  'showVotes.removeOfShow': [app => app.showVotes.removeOfShow(bigShow)],
  'showEvents.forgetComment': [app => app.showEvents.forgetComment(bigShow, `${bigShow}-${fan}-1`)],
  'showEvents.anonymise': [app => app.showEvents.anonymise(fan)],
  'showInvitations.removeOfShow': [app => app.showInvitations.removeOfShow(bigShow)],
  'heldComments.removeOfShow': [app => app.heldComments.removeOfShow(bigShow)],
  'comments.removeOfShow': [app => app.comments.removeOfShow(erasedShow)],
  'personalData.erase': [app => app.personalData.erase(fan)],
  'audienceLog.removeOfShow': [app => app.audienceLog.removeOfShow(bigShow)],
  'eventLog.removeOfShow': [app => app.eventLog.removeOfShow(bigShow)],
  'recordings.deleteOf': [app => app.recordings.deleteOf('recorded-1')],
  'recordings.removeOfShow': [app => app.recordings.removeOfShow(bigShow)],
  'showData.remove': [app => app.showData.remove(bigShow)],
  'shows.removeAllOf': [app => app.shows.removeAllOf(host)],
  'erasure.erase': [app => app.erasure.erase(host)],
  'erasure.resume': [app => app.erasure.resume()]
}
