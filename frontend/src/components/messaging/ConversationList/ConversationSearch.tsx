'use client'

import { Icon } from '../../ui/Icon'
import { IconButton } from '../../ui/IconButton'
import { useWords } from '../../words'
import styles from './ConversationListView.module.css'
import { type ConversationFilter, conversationFilters } from './conversationFilter'

export interface ConversationSearchProps {
  search: string
  filter: ConversationFilter
  unreadCount: number
  onSearch: (search: string) => void
  onFilter: (filter: ConversationFilter) => void
}

export function ConversationSearch(props: ConversationSearchProps) {
  const { words } = useWords()
  return (
    <search className={styles.search}>
      <div className={styles.box}>
        <Icon name="search" size="s" />
        <input
          type="text"
          inputMode="search"
          dir="auto"
          value={props.search}
          aria-label={words.searchConversations}
          placeholder={words.searchConversations}
          className={styles.input}
          onChange={(event) => props.onSearch(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') props.onSearch('')
          }}
        />
        {props.search && (
          <IconButton
            icon="close"
            size="s"
            label={words.clearSearch}
            onClick={() => props.onSearch('')}
          />
        )}
      </div>
      <fieldset aria-label={words.filters} className={styles.filters}>
        {conversationFilters.map((filter) => (
          <button
            key={filter}
            type="button"
            aria-pressed={props.filter === filter}
            className={styles.filter}
            onClick={() => props.onFilter(filter)}
          >
            {words.filter[filter]}
            {filter === 'unread' && props.unreadCount > 0 && <b>{props.unreadCount}</b>}
          </button>
        ))}
      </fieldset>
    </search>
  )
}
