import { GripVertical, Music, Play, Volume2 } from 'lucide-react'
import { Button, GridList, GridListItem, useDragAndDrop } from 'react-aria-components'
import type { EditingHost, PlaylistEditor, PlaylistItem, RoomView, ShowRoom } from '../../../client/index.ts'
import { formatDuration } from '../format/duration.ts'
import { PlayButton } from '../library/play-button.tsx'
import type { MenuAction } from '../menu/menu-action.ts'
import { MoreButton } from '../menu/more-button.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { EditorBadge } from './editing-status.tsx'
import { formatArtistsAndDuration } from './song-item.ts'
import styles from './item-list.module.css'

interface ItemListProps {
  items: readonly PlaylistItem[]
  editor: PlaylistEditor
  /** The other hosts who edit the list now. */
  editors: readonly EditingHost[]
  live: { view: RoomView; room: ShowRoom } | null
}

/** The items of a playlist in order. They are moved by mouse, touch, keyboard or screen reader, or by their menus. */
export function ItemList({ items, editor, editors, live }: ItemListProps) {
  const currentId = live?.view.room?.playback.item?.id ?? null
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: keys => [...keys].map(key => ({ 'text/plain': items.find(({ id }) => id === key)?.title ?? '' })),
    onDragStart: ({ keys: [key] }) => editor.startEditing('moving', key === undefined ? null : String(key)),
    onDragEnd: () => editor.stopEditing(),
    onReorder({ keys, target: { key, dropPosition } }) {
      const moved = items.flatMap(({ id }) => (keys.has(id) ? [id] : []))
      editor.move(moved, dropPosition === 'after' ? String(key) : precedingId(items, String(key), moved))
    }
  })
  return (
    <GridList
      aria-label='Playlist'
      className={styles.list ?? ''}
      items={items}
      dependencies={[currentId, items, editors]}
      keyboardNavigationBehavior='tab'
      dragAndDropHooks={dragAndDropHooks}
      renderEmptyState={() => (
        <p className={styles.empty}>No music yet. Add some, and it’ll be here when you want to play it.</p>
      )}
    >
      {item => (
        <ItemRow
          item={item}
          isCurrent={item.id === currentId}
          editedBy={editors.find(({ itemId }) => itemId === item.id)}
          room={live?.room ?? null}
          actions={() => actionsFor(item, items, editor, currentId)}
        />
      )}
    </GridList>
  )
}

interface ItemRowProps {
  item: PlaylistItem
  isCurrent: boolean
  editedBy: EditingHost | undefined
  room: ShowRoom | null
  actions: () => MenuAction[]
}

function ItemRow({ item, isCurrent, editedBy, room, actions }: ItemRowProps) {
  const { id, kind, songId, title, artists, durationMs, artworkUrl, available } = item
  return (
    <GridListItem id={id} textValue={title} className={`${styles.row} ${isCurrent ? styles.current : ''}`}>
      <Button slot='drag' className={styles.dragHandle ?? ''}>
        <GripVertical size={18} aria-hidden='true' />
      </Button>
      {artworkUrl ? (
        <img
          className={`${styles.picture} ${kind === 'song' ? styles.ownArtwork : ''}`}
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
        {editedBy ? (
          <EditorBadge host={editedBy} />
        ) : (
          <span className={styles.details}>
            {available ? formatArtistsAndDuration(artists, formatDuration(durationMs)) : 'No longer available'}
          </span>
        )}
      </span>
      {isCurrent && (
        <span className={styles.playingMark}>
          <Volume2 size={18} aria-hidden='true' />
          <span className='visually-hidden'>, now playing</span>
        </span>
      )}
      {!room && available && kind === 'song' && songId !== undefined && <PlayButton song={{ id: songId, title }} />}
      {room && available && !isCurrent && (
        <AsyncButton variant='quiet' label={`Play ${title}`} onPress={async () => await room.play(id)}>
          <Play size={18} aria-hidden='true' />
        </AsyncButton>
      )}
      <MoreButton label={`More options for ${title}`} actions={actions} />
    </GridListItem>
  )
}

function actionsFor(
  { id }: PlaylistItem,
  items: readonly PlaylistItem[],
  editor: PlaylistEditor,
  currentId: string | null
): MenuAction[] {
  const index = items.findIndex(item => item.id === id)
  const nextId = items[index + 1]?.id
  const moveAfter = (label: string, afterId: string | null): MenuAction => ({
    label,
    run: async () => editor.move([id], afterId)
  })
  return [
    ...(currentId !== null && currentId !== id && items[index - 1]?.id !== currentId
      ? [moveAfter('Play next', currentId)]
      : []),
    ...(index > 0 ? [moveAfter('Move up', items[index - 2]?.id ?? null)] : []),
    ...(nextId !== undefined ? [moveAfter('Move down', nextId)] : []),
    { label: 'Remove', isDestructive: true, run: async () => editor.remove([id]) }
  ]
}

/** Returns the item before `id` once the moved items are taken out; null when there is none. */
function precedingId(items: readonly PlaylistItem[], id: string, movedIds: readonly string[]): string | null {
  const rest = items.filter(item => !movedIds.includes(item.id) || item.id === id)
  return rest[rest.findIndex(item => item.id === id) - 1]?.id ?? null
}
