-- Likewise of a saved task.
ALTER TABLE saved_task MODIFY group_name VARCHAR(100)
