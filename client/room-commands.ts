import type { LiveComment } from '../contract/comments.ts'
import type { Playback } from '../contract/playback.ts'
import type { CommentFeed } from './comment-feed.ts'
import type { Ask } from './connection.ts'
import type { ReactionCounts, Reactions } from './reactions.ts'

/** What can be asked of a live show besides one's own coming, going and speaking. All throw CodedError; the server decides who may. */
export abstract class RoomCommands {
  /** Sends a command; throws UNAVAILABLE while the connection is lost. */
  protected abstract readonly command: Ask
  protected abstract readonly comments: CommentFeed
  protected abstract readonly reactions: Reactions

  async cancelRequest(): Promise<void> {
    await this.command('speak:cancel', {})
  }
  async answerRequest(requestId: string, accept: boolean): Promise<void> {
    await this.command('speak:answer', { requestId, accept })
  }
  async invite(userId: string): Promise<void> {
    await this.command('speak:invite', { userId })
  }
  async answerInvitation(accept: boolean): Promise<void> {
    await this.command('speak:respond', { accept })
  }
  async revoke(userId: string): Promise<void> {
    await this.command('speak:revoke', { userId })
  }
  async stepDown(): Promise<void> {
    await this.command('speak:stepDown', {})
  }
  async setCohost(userId: string, cohost: boolean): Promise<void> {
    await this.command('cohost:set', { userId, cohost })
  }
  async removeMember(userId: string, ban: boolean): Promise<void> {
    await this.command('member:remove', { userId, ban })
  }
  async announce(text: string): Promise<void> {
    await this.command('show:announce', { text })
  }

  /** Plays an item of the playlist from its beginning; without one, goes on, or begins the list. */
  async play(itemId?: string): Promise<Playback> {
    return (await this.command('playback:play', itemId === undefined ? {} : { itemId })).playback
  }
  /** Goes to a place in what plays or rests, ms from its beginning. */
  async seek(positionMs: number): Promise<Playback> {
    return (await this.command('playback:play', { positionMs: Math.max(0, Math.round(positionMs)) })).playback
  }
  async pause(): Promise<Playback> {
    return (await this.command('playback:pause', {})).playback
  }
  /** The next item; CONFLICT when `from`, an item's id, is no longer the one that plays. */
  async next(from?: string): Promise<Playback> {
    return (await this.command('playback:next', from === undefined ? {} : { from })).playback
  }
  async stop(): Promise<Playback> {
    return (await this.command('playback:stop', {})).playback
  }

  /** Takes no comments of somebody any more, or takes them again. */
  async muteComments(userId: string, muted: boolean): Promise<void> {
    await this.command('comment:mute', { userId, muted })
  }

  /** Comments; shown at once, and sent again under one id until the server has it. Throws what the server refuses it with. */
  async sendComment(text: string): Promise<LiveComment> {
    return await this.comments.send(text)
  }
  /** Tries one again that was refused. */
  async retryComment(clientId: string): Promise<LiveComment> {
    return await this.comments.retry(clientId)
  }
  /** Lets one go that was refused. */
  discardComment(clientId: string): void {
    this.comments.discard(clientId)
  }
  async deleteComment(commentId: string): Promise<void> {
    await this.comments.delete(commentId)
  }
  /** Fetches comments before the first that is known. */
  async loadEarlierComments(): Promise<void> {
    await this.comments.loadEarlier()
  }

  /** One emoji; shown at once to oneself. */
  async react(emoji: string): Promise<void> {
    await this.reactions.send(emoji)
  }
  /** Calls back with how often each emoji is to be shown now; answers how to stop that. */
  readonly onReactions = (listener: (counts: ReactionCounts) => void): (() => void) =>
    this.reactions.subscribe(listener)
}
