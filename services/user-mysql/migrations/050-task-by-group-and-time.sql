-- The tasks of a group are listed newest first: the index by group has their time too, in place of the one without.
ALTER TABLE task
  DROP INDEX task_by_group,
  ADD INDEX task_by_group_and_time (app_id, group_name, created_at)
