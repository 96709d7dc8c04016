import { isDeepStrictEqual } from 'node:util'
import type { Actor, Command, CommandMap } from '../../../realtime/room/commands.ts'
import { applyToPin } from './model-pins.ts'
import { applyToVoting, endVoting, settlePlayed } from './model-voting.ts'
import { fadeOut } from './model-fades.ts'
import { editPlaylist, endItem, moveSong, pause, play, playNext, resumeOrSeek } from './model-playback.ts'
import { creator, limits } from './people.ts'
import { findPerson, graceEnd, nameAndPicture, queueOf, type PersonModel, type RoomModel } from './room-model.ts'

/** Changes of stored documents, which the room follows before its show starts, too. */
const followedBeforeStart: ReadonlySet<Command['type']> = new Set<Command['type']>([
  'server:showEdited',
  'server:playlistEdited',
  'server:renamed'
])

/** Applies an accepted command to the model, as the contract describes. */
export function applyToModel(model: RoomModel, actor: Actor, command: Command, now: number): void {
  const playedBefore = model.playing && { ...model.playing }
  applyCommand(model, actor, command, now)
  if (model.playing && !isDeepStrictEqual(model.playing, playedBefore)) settlePlayed(model)
}

function applyCommand(model: RoomModel, actor: Actor, command: Command, now: number): void {
  const userId = actor.kind === 'system' ? '' : actor.userId
  const isOnAir = model.status === 'live' || model.status === 'interrupted'
  const isFollowed = model.status === 'scheduled' && followedBeforeStart.has(command.type)
  if (command.type.startsWith('server:') && !isOnAir && !isFollowed) return
  applyToPin(model, userId, command, now)
  applyToVoting(model, userId, command, now)
  const self = findPerson(model, userId)
  const target = 'userId' in command ? findPerson(model, command.userId) : undefined
  switch (command.type) {
    case 'show:start':
      return startShow(model, now)
    case 'server:showEdited':
      return editShow(model, command)
    case 'show:end':
      return endShow(model)
    case 'server:restored':
      return restore(model, command, now)
    case 'server:nodeLost': {
      const lost = [...model.people.values()].filter(person => person.presenceId?.startsWith(`${command.nodeId}_`))
      for (const person of lost) disconnect(model, person, now)
      return
    }
    case 'server:playlistEdited':
      return editPlaylist(model, command)
    case 'playback:play':
      return command.itemId === undefined && model.playing
        ? resumeOrSeek(model.playing, command.positionMs, now)
        : play(model, command, now)
    case 'playback:next': {
      if (!fadeOut(model, command, { action: 'next' }, now)) playNext(model, now)
      return
    }
    case 'playback:pause': {
      if (!fadeOut(model, command, { action: 'pause' }, now)) pause(model, now)
      return
    }
    case 'playback:stop': {
      if (!fadeOut(model, command, { action: 'stop' }, now)) model.playing = null
      return
    }
    case 'jingle:play': {
      model.jingle = { songId: command.songId, producerId: null, startedAt: now, durationMs: 0, by: userId }
      return
    }
    case 'server:jingleOver': {
      if (model.jingle?.startedAt === command.startedAt) model.jingle = null
      return
    }
    case 'server:jingleMoved': {
      if (model.jingle) model.jingle.producerId = command.producerId
      return
    }
    case 'playback:level': {
      model.songLevelDb = command.levelDb
      return
    }
    case 'server:itemEnded':
      return endItem(model, command, now)
    case 'server:songMoved':
      return moveSong(model, command)
    case 'speak:answer':
      return answerRequest(model, command)
    case 'speak:rejectAll': {
      const rejected = queueOf(model).filter(person => mayBeAnswered(model, person, self, command.upTo))
      for (const person of rejected) person.request = null
      return
    }
    case 'mute:all': {
      for (const { userId, seat, isCohost } of model.people.values()) {
        if (seat && userId !== creator && !isCohost) seat.muted = true
      }
      return
    }
    case 'recording:set':
      return setRecording(model, command.on, userId, now)
    case 'server:recordingFailed': {
      if (model.recording?.startedAt === command.startedAt) stopRecording(model)
      return
    }
    case 'server:voiceRecorded': {
      const isCurrent =
        model.recording?.startedAt === command.startedAt && target?.seat?.producerId === command.producerId
      if (target && isCurrent) target.missedProducerId = command.recorded ? null : command.producerId
      return
    }
  }
  if (self) applyToSelf(model, self, actor, command, now)
  if (self && target) applyToTarget(model, self, target, command)
  if (!self && target) applyFromServer(model, target, command, now)
}

/** Commands that change the person who sends them. */
function applyToSelf(model: RoomModel, self: PersonModel, actor: Actor, command: Command, now: number): void {
  switch (command.type) {
    case 'show:join':
      return actor.kind === 'member' ? join(model, self, actor.presenceId) : undefined
    case 'show:leave':
      return self.userId === model.ownerId ? disconnect(model, self, now) : leave(self)
    case 'speak:request':
      return requestFloor(model, self, command.reason, now)
    case 'speak:cancel': {
      self.request = null
      return
    }
    case 'speak:respond':
      return command.accept ? takeSeat(self) : declineInvitation(self)
    case 'speak:stepDown':
      return self.userId === model.ownerId ? stopProducing(self) : giveUpSeat(self)
    case 'comment:send': {
      self.commentedBefore = self.commentedAt
      self.commentedAt = now
      return
    }
    case 'media:produced': {
      if (self.seat) {
        self.seat = {
          state: 'onStage',
          producerId: command.producerId,
          muted: command.muted ?? self.seat.muted,
          silent: command.silent ?? false
        }
      }
    }
  }
}

/** Commands of one person that change another. */
function applyToTarget(model: RoomModel, self: PersonModel, target: PersonModel, command: Command): void {
  switch (command.type) {
    case 'show:handOver':
      return handOver(model, target)
    case 'speak:invite':
      return target.request ? takeSeat(target) : invite(target, self.userId)
    case 'speak:revoke':
      return target.seat ? giveUpSeat(target) : declineInvitation(target)
    case 'mute:set': {
      if (target.seat) target.seat.muted = command.muted
      return
    }
    case 'cohost:set': {
      target.isCohost = command.cohost
      return
    }
    case 'comment:mute': {
      target.commentsMuted = command.muted
      return
    }
    case 'member:unban': {
      target.isBanned = false
      return
    }
    case 'member:remove':
      return remove(model, target, command)
  }
}

/** Commands of the system that change a person. */
function applyFromServer(model: RoomModel, target: PersonModel, command: Command, now: number): void {
  const { seat } = target
  switch (command.type) {
    case 'server:dropped':
      return target.presenceId === command.presenceId ? disconnect(model, target, now) : undefined
    case 'server:graceOver':
      return endGrace(model, target, now)
    case 'server:voiceHeard': {
      if (seat?.producerId === command.producerId) seat.silent = false
      return
    }
    case 'server:producerLost':
      return seat?.producerId === command.producerId ? suspendVoice(target) : undefined
    case 'member:remove':
      return remove(model, target, command)
    case 'server:erased': {
      if (target.userId === creator) return endShow(model)
      target.isCohost = false
      return leaveForGood(model, target)
    }
    case 'server:renamed': {
      target.shownAs = nameAndPicture(command)
      return
    }
    case 'server:commentApproved': {
      if (target.isBanned || target.commentsMuted || !['live', 'interrupted'].includes(model.status)) return
      target.commentedBefore = target.commentedAt
      target.commentedAt = now
      return
    }
    case 'server:commentLost': {
      if (target.commentedAt !== command.atMs) return
      target.commentedAt = target.commentedBefore
      target.commentedBefore = null
      return
    }
    case 'server:overBitrate': {
      if (seat?.producerId !== command.producerId) return
      if (target.userId === model.ownerId) stopProducing(target)
      else giveUpSeat(target)
    }
  }
}

/** Starts the show, and its recording when the settings say so. The creator has their grace period to join. */
function startShow(model: RoomModel, now: number): void {
  model.status = 'live'
  if (model.settings.record === true) model.recording = { startedAt: now, by: null }
  findPerson(model, creator)!.awaySince = now
}

/** Starts or stops the recording. One that is on goes on as it began. */
function setRecording(model: RoomModel, on: boolean, by: string, now: number): void {
  if (on) model.recording ??= { startedAt: now, by }
  else stopRecording(model)
}

function stopRecording(model: RoomModel): void {
  model.recording = null
  for (const person of model.people.values()) person.missedProducerId = null
}

function editShow(model: RoomModel, command: CommandMap['server:showEdited']): void {
  const { version, title, description, coverUrl = model.coverUrl, settings } = command
  if (version <= model.showVersion) return
  Object.assign(model, { showVersion: version, title, description, coverUrl, settings })
}

function endShow(model: RoomModel): void {
  model.jingle = null
  model.status = 'ended'
  model.until = null
  endVoting(model.voting)
  stopRecording(model)
  for (const person of model.people.values()) {
    leave(person)
    forgetComments(person)
  }
}

/**
 * Restores the room after a crash, or where its home has moved to. Nobody is connected except the people who are
 * reported, and nobody is heard except from the producer on stage. The grace period of everybody else who has a place
 * starts now.
 */
function restore(model: RoomModel, { present }: CommandMap['server:restored'], now: number): void {
  // The log does not hold the version of the stored show,
  model.showVersion = 0
  // nor the item that follows one that was taken out.
  if (model.playing) model.playing.nextId = null
  for (const person of model.people.values()) {
    const { seat } = person
    const reported = person.isBanned ? [] : present.filter(({ userId }) => userId === person.userId)
    const speaking = reported.find(({ producerId }) => producerId !== null && producerId === seat?.producerId)
    forgetComments(person)
    person.presenceId = (speaking ?? reported.at(-1))?.presenceId ?? null
    person.hasVisited ||= person.presenceId !== null
    person.awaySince = person.presenceId === null && hasPlace(model, person) ? now : null
    if (seat && !speaking && (seat.state === 'onStage' || person.presenceId === null)) {
      Object.assign(seat, { state: 'suspended', producerId: null, silent: false })
    }
  }
  if (findPerson(model, model.ownerId)!.presenceId === null) {
    model.status = 'interrupted'
    model.until = now + limits.creatorGraceMs
  } else if (model.status === 'interrupted') resume(model)
}

/** Ends an interruption. The owner's voice is expected again. */
function resume(model: RoomModel): void {
  const { seat } = findPerson(model, model.ownerId)!
  model.status = 'live'
  model.until = null
  if (seat?.state === 'suspended') seat.state = 'granted'
}

function answerRequest(model: RoomModel, { requestId, accept }: CommandMap['speak:answer']): void {
  const requester = queueOf(model).find(({ request }) => `r${request?.number}` === requestId)
  if (requester && accept) takeSeat(requester)
  else if (requester) requester.request = null
}

/** Whether a host rejects this request together with the others up to one. Co-hosts do not answer co-hosts. */
function mayBeAnswered(
  model: RoomModel,
  person: PersonModel,
  host: PersonModel | undefined,
  upTo: string | undefined
): boolean {
  if (person.isCohost && host?.userId !== model.ownerId) return false
  return upTo === undefined || person.request!.number <= Number(upTo.slice(1))
}

/**
 * Joins with a presence. It replaces an earlier one at once, and an audible speaker produces again. The owner's
 * arrival ends an interruption.
 */
function join(model: RoomModel, person: PersonModel, presenceId: string): void {
  if (person.presenceId === presenceId) return
  if (person.presenceId !== null) suspendVoice(person)
  person.presenceId = presenceId
  person.hasVisited = true
  person.awaySince = null
  if (person.userId === model.ownerId && model.status === 'interrupted') resume(model)
}

/** Ends a connection. The place of the person, if they have one, is kept for the grace period. */
function disconnect(model: RoomModel, person: PersonModel, now: number): void {
  if (!hasPlace(model, person)) return leave(person)
  person.presenceId = null
  person.awaySince = now
  if (person.userId === model.ownerId) return interrupt(model, person, now)
  if (person.seat) Object.assign(person.seat, { state: 'suspended', producerId: null, silent: false })
}

function interrupt(model: RoomModel, person: PersonModel, now: number): void {
  suspendVoice(person)
  model.status = 'interrupted'
  model.until = now + limits.creatorGraceMs
}

function endGrace(model: RoomModel, person: PersonModel, now: number): void {
  if (now < graceEnd(model, person)) return
  if (person.userId === creator && model.ownerId === creator) endShow(model)
  else leaveForGood(model, person)
}

/** The new owner gets a place on stage, and their comments are accepted. The owner before stays where they are. */
function handOver(model: RoomModel, person: PersonModel): void {
  if (person.userId === model.ownerId) return
  model.ownerId = person.userId
  person.commentsMuted = false
  if (!person.seat) takeSeat(person)
}

/** Ends the place of a person. Without its owner the room is the creator's again if they are connected, or ends. */
function leaveForGood(model: RoomModel, person: PersonModel): void {
  leave(person)
  if (person.userId !== model.ownerId) return
  const self = findPerson(model, creator)!
  if (self.presenceId === null) return endShow(model)
  model.ownerId = creator
  if (!self.seat) takeSeat(self)
  if (model.status === 'interrupted') resume(model)
}

/** Gives co-hosts and invited people the floor at once. A repeated request keeps its place in the queue. */
function requestFloor(model: RoomModel, person: PersonModel, reason: string, now: number): void {
  if (person.userId === creator || person.isCohost || person.invitedBy !== null) takeSeat(person)
  else person.request ??= { number: ++model.requestCount, requestedAt: now, reason }
}

function takeSeat(person: PersonModel): void {
  person.seat = { state: 'granted', muted: false, producerId: null, silent: false }
  person.request = null
  person.invitedBy = null
}

function giveUpSeat(person: PersonModel): void {
  person.seat = null
}

function invite(person: PersonModel, by: string): void {
  person.invitedBy ??= by
}

function declineInvitation(person: PersonModel): void {
  person.invitedBy = null
}

/** Takes an audible speaker off air. They keep the seat and are expected to produce again. */
function suspendVoice({ seat }: PersonModel): void {
  if (seat?.state === 'onStage') Object.assign(seat, { state: 'suspended', producerId: null, silent: false })
}

/** Ends the owner's voice. They stay on stage. */
function stopProducing({ seat }: PersonModel): void {
  if (seat?.producerId) Object.assign(seat, { state: 'granted', producerId: null, silent: false })
}

/** Whether the room keeps a place for a person who loses the connection. */
function hasPlace({ ownerId }: RoomModel, { userId, seat, request, invitedBy }: PersonModel): boolean {
  return userId === ownerId || seat !== null || request !== null || invitedBy !== null
}

/** Only the running server knows when a person commented. */
function forgetComments(person: PersonModel): void {
  person.commentedAt = null
  person.commentedBefore = null
}

function remove(model: RoomModel, person: PersonModel, { ban }: CommandMap['member:remove']): void {
  person.isCohost = false
  person.isBanned ||= ban
  leaveForGood(model, person)
}

function leave(person: PersonModel): void {
  Object.assign(person, { presenceId: null, awaySince: null, seat: null, request: null, invitedBy: null })
}
