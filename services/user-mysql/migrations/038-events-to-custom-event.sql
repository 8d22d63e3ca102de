-- The app's own events move as they are.
INSERT INTO custom_event (app_id, task_id, cid, event, day, at)
SELECT e.app_id, e.task_id, e.cid, e.event, e.day, e.at FROM push_event e WHERE e.event LIKE 'custom:%'
ON DUPLICATE KEY UPDATE custom_event.at = custom_event.at
