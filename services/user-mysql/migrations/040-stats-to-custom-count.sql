-- The counters of the app's own events move as they are.
INSERT INTO custom_count (app_id, task_id, event, n)
SELECT s.app_id, s.task_id, s.event, s.n FROM task_stat s WHERE s.event LIKE 'custom:%'
ON DUPLICATE KEY UPDATE custom_count.n = custom_count.n
