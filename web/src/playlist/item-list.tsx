import { Button, GridList, GridListItem, useDragAndDrop } from 'react-aria-components'
import { GripVertical, Music, Play, Volume2 } from 'lucide-react'
import type { PlaylistEditor, PlaylistItem, RoomView, ShowRoom } from '../../../client/index.ts'
import { PlayButton } from '../library/play-button.tsx'
import { Action } from '../parts/action.tsx'
import type { Act } from '../stage/act.ts'
import { More } from '../stage/more.tsx'
import { durationText } from './duration.ts'
import { aboutText } from './song-items.ts'
import styles from './item-list.module.css'

interface ItemListProps {
  items: readonly PlaylistItem[]
  editor: PlaylistEditor
  live: { view: RoomView; room: ShowRoom } | null
}

/** The playlist in order; dragged by hand, by keyboard and by screen reader, or moved by its menus. */
export function ItemList({ items, editor, live }: ItemListProps) {
  const currentId = live?.view.room?.playback.item?.id ?? null
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: keys => [...keys].map(key => ({ 'text/plain': items.find(({ id }) => id === key)?.title ?? '' })),
    onReorder({ keys, target: { key, dropPosition } }) {
      const moved = items.flatMap(({ id }) => (keys.has(id) ? [id] : []))
      editor.move(moved, dropPosition === 'after' ? String(key) : before(items, String(key), moved))
    }
  })
  return (
    <GridList
      aria-label='Playlist'
      className={styles.list ?? ''}
      items={items}
      dependencies={[currentId, items]}
      keyboardNavigationBehavior='tab'
      dragAndDropHooks={dragAndDropHooks}
      renderEmptyState={() => (
        <p className={styles.empty}>Nothing yet. Add music, and it waits here until you play it.</p>
      )}
    >
      {item => (
        <Row
          item={item}
          isCurrent={item.id === currentId}
          room={live?.room ?? null}
          acts={() => actsOn(item, items, editor, currentId)}
        />
      )}
    </GridList>
  )
}

function Row({
  item,
  isCurrent,
  room,
  acts
}: {
  item: PlaylistItem
  isCurrent: boolean
  room: ShowRoom | null
  acts: () => Act[]
}) {
  const { id, kind, songId, title, artists, durationMs, artworkUrl, available } = item
  return (
    <GridListItem id={id} textValue={title} className={`${styles.row} ${isCurrent ? styles.current : ''}`}>
      <Button slot='drag' className={styles.grip ?? ''}>
        <GripVertical size={18} aria-hidden='true' />
      </Button>
      {artworkUrl ? (
        <img
          className={`${styles.picture} ${kind === 'song' ? styles.own : ''}`}
          src={artworkUrl}
          alt=''
          loading='lazy'
          decoding='async'
        />
      ) : (
        <span className={`${styles.picture} ${styles.blank}`}>
          <Music size={20} aria-hidden='true' />
        </span>
      )}
      <span className={styles.text}>
        <span className={styles.title}>{title}</span>
        <span className={styles.about}>
          {available ? aboutText(artists, durationText(durationMs)) : 'Can’t be played any more'}
        </span>
      </span>
      {isCurrent && (
        <span className={styles.mark}>
          <Volume2 size={18} aria-hidden='true' />
          <span className='visually-hidden'>, on now</span>
        </span>
      )}
      {!room && available && kind === 'song' && songId !== undefined && <PlayButton song={{ id: songId, title }} />}
      {room && available && !isCurrent && (
        <Action kind='quiet' label={`Play ${title}`} onPress={async () => await room.play(id)}>
          <Play size={18} aria-hidden='true' />
        </Action>
      )}
      <More label={`More for ${title}`} acts={acts} />
    </GridListItem>
  )
}

function actsOn(
  { id }: PlaylistItem,
  items: readonly PlaylistItem[],
  editor: PlaylistEditor,
  currentId: string | null
): Act[] {
  const at = items.findIndex(item => item.id === id)
  const follower = items[at + 1]?.id
  const move = (words: string, after: string | null): Act => ({ words, act: async () => editor.move([id], after) })
  return [
    ...(currentId !== null && currentId !== id && items[at - 1]?.id !== currentId
      ? [move('Play next', currentId)]
      : []),
    ...(at > 0 ? [move('Move up', items[at - 2]?.id ?? null)] : []),
    ...(follower !== undefined ? [move('Move down', follower)] : []),
    { words: 'Remove', isDanger: true, act: async () => editor.remove([id]) }
  ]
}

/** What comes before an item once these are taken out. */
function before(items: readonly PlaylistItem[], id: string, moved: readonly string[]): string | null {
  const rest = items.filter(item => !moved.includes(item.id) || item.id === id)
  return rest[rest.findIndex(item => item.id === id) - 1]?.id ?? null
}
