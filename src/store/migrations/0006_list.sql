-- All that the list of one's conversations asks about each of them, so that it reads no row of
-- participants. What is written often, the read markers, is not in it.

DROP INDEX participants_by_user;
CREATE INDEX participants_list ON participants
    (user_id, conversation_id, left_seq, archived, deleted_before_seq);
