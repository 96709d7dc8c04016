import type { Actor, Command } from '../../../realtime/room/commands.ts'
import { creator, limits } from './people.ts'
import { begin, heardElsewhere, listEdited, moveOn, pauseIt, pieceEnded, resumeOrSeek } from './playback.ts'
import { graceEnd, looks, queueOf, somebody, type Somebody, type World } from './world.ts'

/** What an allowed command does to the world, by the contract. */
export function takeEffect(world: World, actor: Actor, command: Command, now: number): void {
  const userId = actor.kind === 'system' ? '' : actor.userId
  if (command.type.startsWith('server:') && world.status !== 'live' && world.status !== 'interrupted') return
  const self = somebody(world, userId)
  const target = 'userId' in command ? somebody(world, command.userId) : undefined
  switch (command.type) {
    case 'show:start':
      return start(world, now)
    case 'server:showEdited':
      return edit(world, command)
    case 'show:end':
      return end(world)
    case 'server:restored':
      return restore(world, now)
    case 'server:playlistEdited':
      return listEdited(world, command)
    case 'playback:play':
      return command.itemId === undefined && world.on
        ? resumeOrSeek(world.on, command.positionMs, now)
        : begin(world, command, now)
    case 'playback:next':
      return moveOn(world, now)
    case 'playback:pause':
      return pauseIt(world, now)
    case 'playback:stop': {
      world.on = null
      return
    }
    case 'server:itemEnded':
      return pieceEnded(world, command, now)
    case 'server:songMoved':
      return heardElsewhere(world, command)
    case 'speak:answer':
      return answer(world, command.requestId, command.accept)
  }
  if (self) byMember(world, self, actor, command, now)
  if (self && target) toMember(self, target, command)
  if (!self && target) byServer(world, target, command, now)
}

function byMember(world: World, self: Somebody, actor: Actor, command: Command, now: number): void {
  switch (command.type) {
    case 'show:join':
      return actor.kind === 'member' ? arrive(world, self, actor.presenceId) : undefined
    case 'show:leave':
      return self.userId === creator ? drop(world, self, now) : goOut(self)
    case 'speak:request':
      return ask(world, self, command.reason, now)
    case 'speak:cancel': {
      self.request = null
      return
    }
    case 'speak:respond':
      return command.accept ? takeSeat(self) : decline(self)
    case 'speak:stepDown':
      return self.userId === creator ? quieten(self) : giveUpSeat(self)
    case 'comment:send': {
      self.commentedBefore = self.commentedAt
      self.commentedAt = now
      return
    }
    case 'media:produced': {
      if (self.seat) {
        self.seat = { state: 'onStage', producerId: command.producerId, muted: command.muted ?? self.seat.muted }
      }
    }
  }
}

function toMember(self: Somebody, target: Somebody, command: Command): void {
  switch (command.type) {
    case 'speak:invite':
      return target.request ? takeSeat(target) : invite(target, self.userId)
    case 'speak:revoke':
      return target.seat ? giveUpSeat(target) : decline(target)
    case 'mute:set': {
      if (target.seat) target.seat.muted = command.muted
      return
    }
    case 'cohost:set': {
      target.cohost = command.cohost
      return
    }
    case 'comment:mute': {
      target.commentsMuted = command.muted
      return
    }
    case 'member:unban': {
      target.banned = false
      return
    }
    case 'member:remove': {
      goOut(target)
      target.cohost = false
      target.banned ||= command.ban
    }
  }
}

function byServer(world: World, target: Somebody, command: Command, now: number): void {
  const { seat } = target
  switch (command.type) {
    case 'server:dropped':
      return target.session === command.presenceId ? drop(world, target, now) : undefined
    case 'server:graceOver':
      return graceOver(world, target, now)
    case 'server:producerLost':
      return seat?.producerId === command.producerId ? loseVoice(target) : undefined
    case 'member:remove': {
      goOut(target)
      target.cohost = false
      target.banned ||= command.ban
      return
    }
    case 'server:erased': {
      if (target.userId === creator) return end(world)
      goOut(target)
      target.cohost = false
      return
    }
    case 'server:renamed': {
      target.shownAs = looks(command)
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
      if (target.userId === creator) quieten(target)
      else giveUpSeat(target)
    }
  }
}

/** From the start the creator has the grace to join. */
function start(world: World, now: number): void {
  world.status = 'live'
  somebody(world, creator)!.awaySince = now
}

function edit(world: World, command: Extract<Command, { type: 'server:showEdited' }>): void {
  const { version, title, description, settings } = command
  if (version > world.showVersion) Object.assign(world, { showVersion: version, title, description, settings })
}

function end(world: World): void {
  world.status = 'ended'
  world.until = null
  for (const person of world.people.values()) {
    goOut(person)
    forgetComments(person)
  }
}

/** After a crash nobody is connected; who had a place has their grace from now. */
function restore(world: World, now: number): void {
  world.status = 'interrupted'
  world.until = now + limits.creatorGraceMs
  // Which version of the stored show it was is not in the log.
  world.showVersion = 0
  // What came after a piece that was taken out is not stored.
  if (world.on) world.on.thenId = null
  for (const person of world.people.values()) {
    forgetComments(person)
    person.session = null
    person.awaySince = hasPlace(person) ? now : null
    if (person.seat) Object.assign(person.seat, { state: 'suspended', producerId: null })
  }
}

function answer(world: World, requestId: string, accept: boolean): void {
  const asker = queueOf(world).find(({ request }) => `r${request?.number}` === requestId)
  if (asker && accept) takeSeat(asker)
  else if (asker) asker.request = null
}

/** A second session takes over at once: who was heard produces again. The creator's coming ends an interruption. */
function arrive(world: World, person: Somebody, session: string): void {
  if (person.session === session) return
  if (person.session !== null) loseVoice(person)
  person.session = session
  person.beenHere = true
  person.awaySince = null
  if (person.userId !== creator || world.status !== 'interrupted') return
  world.status = 'live'
  world.until = null
  if (person.seat?.state === 'suspended') person.seat.state = 'granted'
}

function drop(world: World, person: Somebody, now: number): void {
  if (!hasPlace(person)) return goOut(person)
  person.session = null
  person.awaySince = now
  if (person.userId === creator) return interrupt(world, person, now)
  if (person.seat) Object.assign(person.seat, { state: 'suspended', producerId: null })
}

function interrupt(world: World, person: Somebody, now: number): void {
  loseVoice(person)
  world.status = 'interrupted'
  world.until = now + limits.creatorGraceMs
}

function graceOver(world: World, person: Somebody, now: number): void {
  if (now < graceEnd(person)) return
  if (person.userId === creator) end(world)
  else goOut(person)
}

/** Co-hosts and the invited have the floor at once; asking twice keeps one's place. */
function ask(world: World, person: Somebody, reason: string, now: number): void {
  if (person.cohost || person.invitedBy !== null) takeSeat(person)
  else person.request ??= { number: ++world.requestsMade, askedAt: now, reason }
}

function takeSeat(person: Somebody): void {
  person.seat = { state: 'granted', muted: false, producerId: null }
  person.request = null
  person.invitedBy = null
}

function giveUpSeat(person: Somebody): void {
  person.seat = null
}

function invite(person: Somebody, by: string): void {
  person.invitedBy ??= by
}

function decline(person: Somebody): void {
  person.invitedBy = null
}

/** Heard a moment ago, and expected to produce again. */
function loseVoice({ seat }: Somebody): void {
  if (seat?.state === 'onStage') Object.assign(seat, { state: 'suspended', producerId: null })
}

/** The creator's voice ends; their place stays. */
function quieten({ seat }: Somebody): void {
  if (seat?.producerId) Object.assign(seat, { state: 'granted', producerId: null })
}

function hasPlace({ userId, seat, request, invitedBy }: Somebody): boolean {
  return userId === creator || seat !== null || request !== null || invitedBy !== null
}

/** Who commented when is known to the running server alone. */
function forgetComments(person: Somebody): void {
  person.commentedAt = null
  person.commentedBefore = null
}

function goOut(person: Somebody): void {
  Object.assign(person, { session: null, awaySince: null, seat: null, request: null, invitedBy: null })
}
