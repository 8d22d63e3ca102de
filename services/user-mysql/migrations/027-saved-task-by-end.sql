-- Saved tasks that are over are removed.
CREATE INDEX saved_task_by_end ON saved_task (expires_at)
